package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The shipped rules give the same hits on both engines, whatever the text. */
final class EngineAgreementTest {

  private static final List<PayloadPattern> PATTERNS = shipped();
  private static final PatternEngine.Scanner JAVA = JavaEngine.compile(PATTERNS).scanner();
  private static final PatternEngine.Scanner AUTO = EngineChoice.AUTO.compile(PATTERNS).scanner();

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

  private static List<PayloadPattern> shipped() {
    try {
      return new RuleSource.Shipped()
          .read().entrySet().stream()
              .flatMap(e -> RuleFile.parse(e.getKey(), e.getValue()).threats().stream())
              .map(Rule::pattern)
              .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
