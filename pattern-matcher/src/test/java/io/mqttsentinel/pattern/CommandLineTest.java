package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of input that cannot be used: one line, and exit code 2. */
final class CommandLineTest {

  private static final String RULES =
      "threat_patterns: [{name: one, pattern: abc, action: flag, severity: low}]";

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void pushNamesWhatIsMissing() throws IOException {
    assertRefused(
        rules("push", "/no/such/file"), "'/no/such/file' is no file, expected a rule file");
    assertRefused(rules("push", "/", "--remove"), "'/' has no name, expected a rule file");
    assertRefused(
        rules("push", file("a.yaml", "threat_patterns: [")), "a.yaml: is not YAML: line 1");
    assertRefused(
        rules("push", file("b.yaml", RULES), "--registry", "http://127.0.0.1:1"),
        "the schema registry at 'http://127.0.0.1:1' did not answer, expected --registry URL");
    assertRefused(
        rules("push", file("b.yaml", RULES), "--registry", "no url"), "did not answer, expected");
  }

  @Test
  void pushSaysThatKafkaIsAway() throws IOException {
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          byte[] answer = "{\"id\":1}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    registry.start();
    try {
      String url = "http://127.0.0.1:" + registry.getAddress().getPort();
      String rules = file("a.yaml", RULES);
      assertRefused(
          rules("push", rules, "--registry", url, "--bootstrap", "127.0.0.1:1", "--wait", "0"),
          "Kafka at '127.0.0.1:1' did not take it, expected --bootstrap HOST:PORT of a broker: ");
      assertRefused(
          rules("push", rules, "--registry", url, "--bootstrap", "nowhere"),
          "Kafka at 'nowhere' did not take it, expected --bootstrap HOST:PORT of a broker: ");
    } finally {
      registry.stop(0);
    }
  }

  @Test
  void otherCommandsNameWhatIsMissing() throws IOException {
    assertRefused(rules("check", "/no/such/file"), "'/no/such/file' does not exist, expected");
    assertRefused(rules("eval", "/no/such/file"), "'/no/such/file' is no file, expected a file of");
    assertRefused(rules("eval", file("x.tsv.gz", "attack")), "is not compressed with gzip");
    String empty = Files.createDirectory(directory.resolve("empty")).toString();
    assertRefused(rules("check", empty), "'%s' holds no rule file, expected".formatted(empty));
    assertRefused(rules("walk"), "command is 'walk', expected check");
    assertEquals(1, rules("check", file("a.yaml", "threat_patterns: [{name: one}]")));
    assertTrue(err.toString(StandardCharsets.UTF_8).endsWith("\n1 problem\n"));
  }

  @Test
  void wrongOptionsAreSaidBeforeAnythingIsMeasured() throws IOException {
    String one = file("a.yaml", "threat_patterns: [{name: one, pattern: abcd, action: flag}]");
    assertRefused(rules("cost", one, "--top", "x"), "--top is 'x', expected a number");
    assertEquals("", out.toString(StandardCharsets.UTF_8));
    assertRefused(rules("eval", one, "--misses", "x"), "--misses is 'x', expected a number");
    assertRefused(rules("check", one, "--topic", "a/b"), "unknown option '--topic'");
  }

  private int rules(String... arguments) {
    reset();
    return RulesApplication.run(
        List.of(arguments),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private void reset() {
    out.reset();
    err.reset();
  }

  private void assertRefused(int exitCode, String expected) {
    String said = err.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains(expected), said);
    assertEquals(1, said.lines().count(), said);
    assertEquals(2, exitCode, said);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }
}
