package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped rules give the same hits on both engines, whatever the text. */
final class EngineAgreementTest {

  private static final List<PayloadPattern> PATTERNS =
      ShippedRules.threats().stream().map(Rule::pattern).toList();
  private static final PatternEngine.Scanner JAVA = JavaEngine.compile(PATTERNS).scanner();
  private static final PatternEngine.Scanner AUTO = EngineChoice.AUTO.compile(PATTERNS).scanner();

  /** Engines look for the first bytes of a match in other ways where more stands in front of it. */
  @ParameterizedTest
  @ValueSource(ints = {15, 33, 64, 70, 150})
  void whatStandsInFrontOfAnAttackHidesItFromNoEngine(int length) {
    CompiledRules threats = ShippedRules.loaded().threats();
    PatternEngine.Scanner scanner = threats.engine().scanner();
    List<String> disagreed = new ArrayList<>();
    for (int i = 0; i < threats.rules().size(); i++) {
      Rule rule = threats.rules().get(i);
      for (String attack : rule.matching()) {
        for (String before : List.of("abc ", "a", "k v, ")) {
          byte[] text =
              (before.repeat(length).substring(0, length) + attack)
                  .getBytes(StandardCharsets.UTF_8);
          PatternHits hits = threats.newHits();
          scanner.scan(text, text.length, hits);
          if (hits.has(i) != rule.pattern().find(text, text.length).exists()) {
            disagreed.add(rule.id() + " behind '" + before + "': " + attack);
          }
        }
      }
    }
    assertEquals(List.of(), disagreed);
  }

  @Property(tries = 400)
  void textsOfFragments(@ForAll("texts") String text) {
    agree(text.getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 200)
  void anyBytes(@ForAll byte[] bytes) {
    agree(bytes);
  }

  private static void agree(byte[] text) {
    PatternHits java = new PatternHits(PATTERNS.size());
    PatternHits auto = new PatternHits(PATTERNS.size());
    JAVA.scan(text, text.length, java);
    AUTO.scan(text, text.length, auto);
    assertEquals(sources(java), sources(auto));
  }

  private static List<String> sources(PatternHits hits) {
    List<String> sources = new ArrayList<>();
    for (int i = hits.next(0); i >= 0; i = hits.next(i + 1)) {
      sources.add(PATTERNS.get(i).source());
    }
    return sources;
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> fragment =
        Arbitraries.of(
            "'",
            "\"",
            " or ",
            " AND ",
            "1=1",
            "union",
            "select",
            " ",
            "\n",
            ";",
            "|",
            "cat ",
            "ls",
            "/etc/passwd",
            "../",
            "..\\",
            "<script",
            ">",
            "<img ",
            "onerror=",
            "javascript:",
            "{{",
            "7*7",
            "}}",
            "${",
            "jndi:",
            "}",
            "$(",
            "wget ",
            "http://",
            ")",
            "--",
            "#",
            "/*",
            "*/",
            "sleep(5)",
            "\u0000",
            "<!ENTITY ",
            "=",
            "a",
            "Z",
            "9",
            "`",
            "&&",
            "(",
            "*",
            "uid=*",
            "\t",
            "\u000b",
            "ü",
            "$ne",
            ":",
            "null",
            "echo",
            "id",
            "%",
            "\\");
    return fragment.list().ofMaxSize(14).map(parts -> String.join("", parts));
  }
}
