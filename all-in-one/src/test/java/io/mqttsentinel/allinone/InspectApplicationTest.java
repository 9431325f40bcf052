package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./sentinel inspect}: what it says, and with which exit code. */
final class InspectApplicationTest {

  private static final String USUAL = "{\"temperature\":21.5,\"humidity\":40}";
  private static final String RULES =
      """
      version: '7'
      threat_patterns:
        - {name: one, pattern: 'evil', action: block, severity: high, tags: [CWE-1]}
        - {name: trial, pattern: 'trial run', action: block, mode: shadow}
        - {name: thrice, pattern: 'again', action: quarantine, threshold: {count: 3, window: 1m}}
        - {name: of_acme, pattern: 'valve', action: flag, scope: {tenants: [acme]}}
        - {name: name, pattern: 'mallory', action: flag, scope: {field: username}}
        - {name: type, pattern: 'x-odd', action: flag, scope: {field: properties}}
      """;

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String stdin = USUAL;
  private String rules;

  @BeforeEach
  void writeRules() throws IOException {
    rules = file("rules.yaml", RULES);
  }

  @Test
  void ordinaryTelemetryIsClean() {
    assertEquals(0, inspect("-"), said());
    assertTrue(said().contains("verdict   allow, 0 findings"), said());
    assertTrue(said().contains("baseline  0 earlier messages of the client; below 30"), said());
  }

  @Test
  void namesViewAndOffsetOfWhatASignatureFinds() throws IOException {
    assertEquals(1, inspect(file("payload", "{\"a\":\"%65vil\"}")), said());
    assertTrue(said().contains("finding   one: block, high, CWE-1, by pattern-matcher 7+"), said());
    assertTrue(said().contains("view json>url, byte "), said());
    assertTrue(said().contains("verdict   block, 1 findings"), said());
  }

  @Test
  void explainsWhatAnomaliesExpected() throws IOException {
    assertEquals(1, inspect(file("payload", "a ".repeat(10_240))), said());
    assertTrue(said().contains("finding   payload_oversized: quarantine"), said());
    assertTrue(said().contains("expected: at most 10240 bytes"), said());
    assertTrue(said().contains("observed: 20480 bytes"), said());
    assertTrue(said().contains("factor: 2.0"), said());
    assertTrue(said().contains("verdict   quarantine, 1 findings"), said());
  }

  @Test
  void jsonHasAllOfIt() throws IOException {
    stdin = "{\"a\":\"%65vil\"}" + " ".repeat(11_000);
    assertEquals(1, inspect("-", "--json"), said());
    JsonNode report = json();
    assertEquals("block", report.path("verdict").asText());
    assertTrue(report.path("nanos").asLong() > 0);
    assertEquals("clients/device/data", report.path("message").path("topic").asText());
    assertTrue(report.path("signatures").path("views").size() >= 2);
    assertTrue(report.path("signatures").path("version").asText().startsWith("7+"));
    assertEquals(8, report.path("anomalies").path("detectors").size());
    assertEquals(List.of("one", "payload_oversized"), findings(report));
    JsonNode evidence = report.path("findings").path(0).path("evidence").path(0);
    assertEquals("payload", evidence.path("field").asText());
    assertTrue(evidence.path("offset").isInt());
    assertEquals(
        "at most 10240 bytes",
        report.path("findings").path(1).path("attributes").path("expected").asText());
  }

  @Test
  void aShadowFindingHasNoSayInTheVerdict() throws IOException {
    stdin = "a trial run";
    assertEquals(1, inspect("-", "--json"), said());
    assertEquals("allow", json().path("verdict").asText());
    assertEquals(List.of("trial"), findings(json()));
  }

  @Test
  void historyMakesABaseline() throws IOException {
    String history = file("history.txt", String.join("\r\n\n", Collections.nCopies(40, USUAL)));
    assertEquals(0, inspect("-", "--history", history), said());
    assertTrue(said().contains("baseline  40 earlier messages of the client\n"), said());
    stdin = "x".repeat(5000);
    assertEquals(0, inspect("-", "--history", history), said());
    assertTrue(said().contains("unusual, no finding: that takes 3 in a row"), said());
    assertEquals(1, inspect("-", "--history", history, "--repeat", "3", "--json"), said());
    assertTrue(findings(json()).contains("payload_size_rise"), said());
    assertTrue(findings(json()).contains("payload_type_change"), said());
  }

  @Test
  void historyMayBeADirectory() throws IOException {
    Path history = Files.createDirectory(directory.resolve("history"));
    for (int i = 0; i < 35; i++) {
      Files.writeString(history.resolve("payload-" + i), USUAL);
    }
    Files.createDirectory(history.resolve("not a payload"));
    String[] options = {"-", "--history", history.toString(), "--topic", "b", "--json"};
    assertEquals(0, inspect(with(options, "--history-topic", "a")), said());
    JsonNode anomalies = json().path("anomalies");
    assertEquals(35, anomalies.path("learned").asInt());
    assertTrue(anomalies.path("baseline").asBoolean());
    for (JsonNode detector : anomalies.path("detectors")) {
      boolean unusual = detector.path("rule").asText().equals("topic_novelty");
      assertEquals(unusual, detector.path("unusual").asBoolean(), detector.toString());
      assertFalse(detector.path("finding").asBoolean());
      assertEquals(unusual, detector.path("explanation").has("expected"));
    }
  }

  @Test
  void aRateIsJudged() throws IOException {
    assertEquals(1, inspect("-", "--rate", "200", "--json"), said());
    assertEquals(List.of("publish_rate"), findings(json()));
    assertEquals(200, json().path("message").path("sent").asInt());
    assertEquals(0, inspect("-", "--rate", "50", "--json"), said());
  }

  @Test
  void thresholdsCountWhatIsSentAndNothingElse() throws IOException {
    stdin = "again";
    assertEquals(0, inspect("-", "--json"), said());
    assertEquals(0, inspect("-", "--repeat", "2", "--json"), said());
    assertEquals(1, inspect("-", "--repeat", "3", "--json"), said());
    assertEquals(List.of("thrice"), findings(json()));
    assertEquals(0, inspect("-", "--repeat", "3", "--every", "45s", "--json"), said());
  }

  @Test
  void senderAndPropertiesAreInspectedToo() throws IOException {
    assertEquals(1, inspect("-", "--username", "mallory", "--json"), said());
    assertEquals(List.of("name"), findings(json()));
    assertEquals(1, inspect("-", "--content-type", "x-odd", "--json"), said());
    assertEquals(List.of("type"), findings(json()));
    stdin = "valve";
    assertEquals(0, inspect("-", "--json"), said());
    assertEquals(1, inspect("-", "--tenant", "acme", "--client", "d-1", "--json"), said());
    assertEquals("clients/d-1/data", json().path("message").path("topic").asText());
  }

  @Test
  void namesWhatIsWrong() throws IOException {
    refused("'/no/such/file' is no file, expected a payload's file", "/no/such/file");
    refused("'/no/rules' does not exist, expected", "-", "--rules", "/no/rules");
    refused("'/no/such/file' is no file", "/no/such/file", "--rules", "/no/rules"); // at once
    refused("is no path", "a\0b");
    refused("expected one payload's file, or - for standard input, got none");
    refused("expected one payload's file, got 'b' too", "a", "b");
    refused("unknown option '--colour'", "-", "--colour", "red");
    refused("--topic needs a value", "-", "--topic");
    refused("--topic is '', expected a text", "-", "--topic", "");
    refused("--repeat is '0', expected a number from 1 to 100000", "-", "--repeat", "0");
    refused("--rate is 'x', expected a number from 1 to 1000", "-", "--rate", "x");
    refused("--every is '10', expected a time such as 500ms, 10s or 5m", "-", "--every", "10");
    refused("--engine is 'fast', expected auto, vectorscan or java", "-", "--engine", "fast");
    refused("expected a directory of earlier payloads, or a file", "-", "--history", "/no/such");
    refused(
        "a.yaml: is not YAML: line 1, column 29: ",
        "-",
        "--rules",
        file("a.yaml", "threat_patterns: [{name: one"));
    Path bytes = directory.resolve("b.yaml");
    Files.write(bytes, new byte[] {(byte) 0xff, (byte) 0xfe});
    refused("b.yaml' is no text in UTF-8", "-", "--rules", bytes.toString());
    refused(
        "c.yaml: rule one: ",
        "-",
        "--rules",
        file("c.yaml", "threat_patterns: [{name: one, patern: abc}]"));
  }

  @Test
  void helpNeedsNothing() {
    assertEquals(0, run("--help"));
    assertTrue(said().contains("usage: ./sentinel inspect FILE|-"), said());
  }

  private void refused(String expected, String... words) {
    int exitCode = run(words);
    String error = err.toString(StandardCharsets.UTF_8);
    assertTrue(error.contains(expected), error);
    assertEquals(1, error.lines().count(), error);
    assertEquals(2, exitCode, error);
    assertEquals("", said());
  }

  private int inspect(String... words) {
    return run(with(words, "--rules", rules, "--engine", "java"));
  }

  private static String[] with(String[] words, String... more) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private int run(String... words) {
    out.reset();
    err.reset();
    return InspectApplication.run(
        List.of(words),
        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(said());
  }

  private static List<String> findings(JsonNode report) {
    return report.path("findings").findValuesAsText("rule");
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }
}
