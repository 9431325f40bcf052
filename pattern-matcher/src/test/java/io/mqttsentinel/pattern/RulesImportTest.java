package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RulesImportTest {

  private static final String GOOD =
      "alert mqtt any any -> any any (msg:\"good\"; content:\"botnet\"; sid:1;)\n";
  private static final String BAD =
      "alert dns any any -> any any (msg:\"bad\"; content:\"botnet\"; sid:2;)\n";
  private static final String SHORT =
      "alert mqtt any any -> any any (msg:\"short\"; content:\"ab\"; sid:3;)\n";
  private static final String SIGMA =
      "title: Seen\nid: s1\ndetection: {s: {message|contains: abcd}, condition: s}\n";

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void printsWhatLoadsAndNamesTheRest() throws IOException {
    assertEquals(0, run(file("a.rules", "# x\n" + GOOD + BAD + SHORT), file("b.yml", SIGMA)));
    assertEquals(
        List.of(
            "a.rules:3: sid 2 'bad': protocol 'dns' is not MQTT",
            "a.rules:4: sid 3 'short': pattern has no literal of 3 bytes, which would have it"
                + " tried on almost every text; make it longer or say force: true",
            "2 imported, 2 left out"),
        err.toString(StandardCharsets.UTF_8).lines().toList());
    assertEquals(
        """
        threat_patterns:
          - name: 'good'
            id: 'suricata.1'
            pattern: 'botnet'
            flags: 's'
            action: flag
            severity: medium
            mode: shadow
            decode: false
            scope: {field: payload}
          - name: 'Seen'
            id: 'sigma.s1'
            pattern: 'abcd'
            flags: 'is'
            action: flag
            severity: medium
            mode: shadow
            scope: {field: payload}
        """,
        text());
    RuleSet rules = RuleSet.load(Map.of("x", text()), EngineChoice.AUTO, DecodeLimits.DEFAULT);
    assertTrue(rules.threats().rules().stream().allMatch(Rule::shadow));
  }

  @Test
  void forceTakesShortPatternsToo() throws IOException {
    assertEquals(0, run(file("a.rules", GOOD + SHORT), "--force"));
    assertEquals(1, text().split("force: true", -1).length - 1);
    assertEquals(2, load(text()).size());
  }

  @Test
  void writesToAFile() throws IOException {
    Path target = directory.resolve("new.yaml");
    assertEquals(0, run(file("a.rules", GOOD), "--out", target.toString()));
    assertEquals("", text());
    assertEquals(1, load(Files.readString(target)).size());
    assertEquals(
        2, run(file("a.rules", GOOD), "--out", directory.resolve("no/new.yaml").toString()));
  }

  @Test
  void nothingImportedIsAFailureAndNothingToImportIsNone() throws IOException {
    Path target = directory.resolve("new.yaml");
    assertEquals(1, run(file("a.rules", BAD), "--out", target.toString()));
    assertFalse(Files.exists(target));
    assertEquals(0, run(file("a.rules", "")));
    assertEquals("threat_patterns: []\n", text());
    RuleFile.parse("x", text());
    assertEquals(0, run(file("b.yml", "")));
    assertEquals(0, run(file("a.rules", "#" + GOOD)));
    assertTrue(err.toString(StandardCharsets.UTF_8).endsWith("0 imported, 0 left out\n"));
  }

  @Test
  void theNameTellsTheFormatUnlessItIsGiven() throws IOException {
    assertEquals(2, run(file("a.txt", GOOD)));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("say --format suricata or sigma"));
    assertEquals(0, run(file("a.txt", GOOD), "--format", "suricata"));
    assertEquals(0, run(file("b.txt", SIGMA), "--format", "sigma"));
    assertEquals(2, run(file("a.rules", GOOD), "--format", "snort"));
  }

  @Test
  void wrongUsageAndUnreadableFiles() throws IOException {
    assertEquals(2, run());
    assertEquals(2, run(directory.resolve("absent.rules").toString()));
    assertEquals(2, run(directory.toString(), "--format", "sigma"));
    assertEquals(2, run(file("a.rules", GOOD), "--unknown"));
    String both = file("a.rules", GOOD);
    assertEquals(2, run(both, "--out", both));
    assertEquals(2, run(file("a.rules", "\0binary")));
    Path latin = directory.resolve("latin.yml");
    Files.write(latin, new byte[] {'a', ':', (byte) 0xe9});
    assertEquals(2, run(latin.toString()));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("is no UTF-8"));
  }

  @Test
  void anIdIsUsedOnce() throws IOException {
    assertEquals(0, run(file("a.rules", GOOD + GOOD), file("b.rules", GOOD)));
    assertEquals(1, load(text()).size());
    assertTrue(
        err.toString(StandardCharsets.UTF_8)
            .contains("b.rules:1: sid 1 'good': id 'suricata.1' is used before"));
  }

  @Test
  void namesAreOneLineOfPrintableText() throws IOException {
    String name = "a 'b' \u001b[31m\\\\ # : {x} - \u00c3\u00a9 \u00f0\u009f\u0098\u0080";
    String rule = GOOD.replace("good", name);
    Path file = directory.resolve("a.rules");
    Files.write(
        file,
        (rule + rule.replace("alert mqtt", "alert dns")).getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(0, run(file.toString()));
    Rule loaded = load(text()).threats().rules().getFirst();
    assertEquals("a 'b'  [31m\\ # : {x} - \u00e9 \ud83d\ude00", loaded.name());
    assertFalse(err.toString(StandardCharsets.UTF_8).contains("\u001b"));
  }

  @Test
  void aPatternThatIsTooMuchForAnEngineIsLeftOut() throws IOException {
    String rule = GOOD.replace("content:\"botnet\"", "pcre:\"/abc((((a{999}){999}){999}){999})/\"");
    assertEquals(1, run(file("a.rules", rule)));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("more than 5000 elements"));
    assertEquals(
        1,
        run(
            file(
                "a.rules",
                GOOD.replace(
                    "content:\"botnet\"", "content:\"abc\"; content:\"d\"; distance:2000;"))));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("at most 1000 repeats"));
  }

  @Test
  void mangledRulesAreLeftOutOrLoad() throws IOException {
    Random random = new Random(7);
    String suricata =
        GOOD.replace(
            "content:\"botnet\";",
            "mqtt.publish.message; content:\"bot|20|net\"; nocase; content:!\"abc\"; offset:3;"
                + " content:\"def\"; pcre:\"/^[a-z]+(?:x|y{2})[[:digit:]]$/Ri\";");
    StringBuilder rules = new StringBuilder();
    StringBuilder documents = new StringBuilder();
    for (int i = 0; i < 700; i++) {
      rules.append(mangled(suricata.replace("sid:1", "sid:" + i), random)).append('\n');
      String sigma =
          """
          title: Seen
          id: s%d
          detection:
            s: {message|contains|all: [ab*cd, 'e?f\\*'], data|re|i: '^a[^b]+$'}
            f: [{body|endswith: xyz}, {topic: a/b}]
            condition: s or 1 of f* and not (f and s)
          """
              .formatted(i);
      documents.append(mangled(sigma, random)).append("\n---\n");
    }
    int code = run(file("a.rules", rules.toString()), file("b.yml", documents.toString()));
    assertEquals(0, code, err.toString(StandardCharsets.UTF_8));
    int loaded = load(text()).size();
    assertTrue(loaded > 100, loaded + " loaded");
  }

  /** With up to three characters taken out, doubled or put elsewhere. */
  private static String mangled(String text, Random random) {
    StringBuilder mangled = new StringBuilder(text.strip());
    for (int n = random.nextInt(4); n > 0; n--) {
      int at = random.nextInt(mangled.length());
      char c = mangled.charAt(at);
      mangled.deleteCharAt(at);
      if (random.nextInt(3) > 0) {
        mangled.insert(random.nextInt(mangled.length()), c);
      }
      if (random.nextInt(3) > 0) {
        mangled.insert(random.nextInt(mangled.length()), c);
      }
    }
    return mangled.toString();
  }

  @Test
  void helpNamesTheCommand() {
    assertEquals(0, RulesApplication.run(List.of("help"), stream(out), stream(err)));
    assertTrue(text().contains("import   FILE ..."));
  }

  private static RuleSet load(String yaml) {
    return RuleSet.load(Map.of("x", yaml), EngineChoice.AUTO, DecodeLimits.DEFAULT);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private int run(String... arguments) {
    out.reset();
    List<String> all = new ArrayList<>(List.of("import"));
    all.addAll(List.of(arguments));
    return RulesApplication.run(all, stream(out), stream(err));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
