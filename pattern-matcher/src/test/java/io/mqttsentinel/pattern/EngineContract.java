package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every engine must do, and all must do alike. */
abstract class EngineContract {

  abstract PatternEngine compile(List<PayloadPattern> patterns);

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        "abc ¦ xxabcxx ¦ true",
        "abc ¦ xxABcxx ¦ false",
        "(?i)abc ¦ xxABcxx ¦ true",
        "(?i:a)bc ¦ ABc ¦ false",
        "(?i:a)bc ¦ Abc ¦ true",
        "^abc$ ¦ abc ¦ true",
        "^abc$ ¦ abcd ¦ false",
        "[^a-c]x ¦ bx ¦ false",
        "[^a-c]x ¦ dx ¦ true",
        "(?i)[^a-c]x ¦ Bx ¦ false",
        "a{2,3}b ¦ ab ¦ false",
        "a{2,3}b ¦ aaaab ¦ true",
        "a{2,3}b ¦ a{2,3}b ¦ false",
        "a{x} ¦ a{x} ¦ true",
        "x(?:cat|ls)\\b ¦ xcats ¦ false",
        "x(?:cat|ls)\\b ¦ xcat! ¦ true",
        "\\bcat\\b ¦ concat ¦ false",
        "\\Bcat ¦ concat ¦ true",
        "[;&|`$]\\s*(cat|ls|rm|wget|curl) ¦ ;  wget x ¦ true",
        "\\d+\\.\\d ¦ v12.5 ¦ true",
        "\\W{3} ¦ a-.b ¦ false",
        "a.c ¦ abc ¦ true",
        "<script[^>]*> ¦ <script src=1> ¦ true",
        "ä+ ¦ bää ¦ true",
        "]} ¦ a]}b ¦ true",
      })
  void saysWhetherAPatternOccurs(String pattern, String text, boolean expected) {
    assertEquals(expected, hits(List.of(pattern), text).has(0), pattern + " in " + text);
  }

  @Test
  void readsLineBreaksAndSpacesAlike() {
    assertFalse(hits(List.of("^ALERT$"), "ALERT\n").any(), "$ is the very end");
    assertFalse(hits(List.of("a.b"), "a\nb").any());
    assertTrue(hits(List.of("(?s)a.b"), "a\nb").any());
    assertTrue(hits(List.of("a[^x]b"), "a\nb").any());
    assertTrue(hits(List.of("a\\sb"), "a\u000bb").any(), "a vertical tab is a space");
    assertFalse(hits(List.of("a\\Sb"), "a\u000bb").any());
  }

  @Test
  void countsBytesNotCharacters() {
    assertTrue(hits(List.of("^a..b$"), "aäb").any());
    assertFalse(hits(List.of("^a.b$"), "aäb").any());
    PatternEngine.Scanner scanner = compile(patterns(List.of("\\xff\\xfe\\x00"))).scanner();
    PatternHits hits = new PatternHits(1);
    scanner.scan(new byte[] {1, (byte) 0xff, (byte) 0xfe, 0}, 4, hits);
    assertTrue(hits.any());
  }

  @Test
  void foldsAsciiCaseOnly() {
    assertTrue(hits(List.of("(?i)ä"), "ä").any());
    assertFalse(hits(List.of("(?i)ä"), "Ä").any());
    assertFalse(hits(List.of("(?i)k"), "\u212a").any(), "the Kelvin sign is no k");
  }

  @Test
  void looksAtTheGivenLengthOnly() {
    PatternEngine.Scanner scanner = compile(patterns(List.of("abc", "b$"))).scanner();
    PatternHits hits = new PatternHits(2);
    scanner.scan("abc".getBytes(StandardCharsets.UTF_8), 2, hits);
    assertFalse(hits.has(0));
    assertTrue(hits.has(1));
  }

  @Test
  void matchesTheEmptyText() {
    PatternHits hits = hits(List.of(".*", "^$", "a", "^"), "");
    assertTrue(hits.has(0) && hits.has(1) && hits.has(3));
    assertFalse(hits.has(2));
  }

  @Test
  void reportsEachOfManyPatternsByItsIndex() {
    List<String> patterns = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      patterns.add("word" + i + "\\b");
    }
    assertEquals(List.of(7, 64, 299), numbers(hits(patterns, "word7 word64 word299 word300")));
  }

  @Test
  void alternativesAreOnePattern() {
    List<String> patterns = List.of("abc|x(?:d|e)|^f|(?:g|h\\b)", "d$|i");
    assertEquals(List.of(0, 1), numbers(hits(patterns, "abc xd")));
    assertEquals(List.of(0), numbers(hits(patterns, "f")));
    assertEquals(List.of(0), numbers(hits(patterns, "xe abc g")));
    assertEquals(List.of(1), numbers(hits(patterns, "af hi")));
    assertEquals(List.of(), numbers(hits(patterns, "xf hj dx")));
  }

  @Test
  void forgetsTheScanBefore() {
    PatternEngine.Scanner scanner = compile(patterns(List.of("abc", "xyz"))).scanner();
    PatternHits hits = new PatternHits(2);
    scanner.scan("abc".getBytes(StandardCharsets.UTF_8), 3, hits);
    hits.clear();
    scanner.scan("xyz".getBytes(StandardCharsets.UTF_8), 3, hits);
    assertFalse(hits.has(0));
    assertTrue(hits.has(1));
  }

  @Test
  void growsWithTheText() {
    byte[] text = ("x".repeat(100_000) + "needle").getBytes(StandardCharsets.UTF_8);
    PatternHits hits = new PatternHits(1);
    compile(patterns(List.of("needle$"))).scanner().scan(text, text.length, hits);
    assertTrue(hits.any());
  }

  @Test
  void scannersOfOneEngineAreIndependent() throws Exception {
    PatternEngine engine = compile(patterns(List.of("needle")));
    List<Thread> threads = new ArrayList<>();
    List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int t = 0; t < 4; t++) {
      boolean planted = t % 2 == 0;
      byte[] text = (planted ? "a needle" : "a noodle").getBytes(StandardCharsets.UTF_8);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    PatternEngine.Scanner scanner = engine.scanner();
                    PatternHits hits = new PatternHits(1);
                    for (int i = 0; i < 2000; i++) {
                      hits.clear();
                      scanner.scan(text, text.length, hits);
                      if (hits.any() != planted) {
                        wrong.add(Thread.currentThread().getName());
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void runsTheTestsOfEveryShippedRule() {
    List<Rule> rules = ShippedRules.threats();
    PatternEngine engine = compile(rules.stream().map(Rule::pattern).toList());
    PatternEngine.Scanner scanner = engine.scanner();
    PatternHits hits = new PatternHits(engine.patterns());
    Normalizer normalizer = new Normalizer(DecodeLimits.DEFAULT);
    for (int i = 0; i < rules.size(); i++) {
      int rule = i;
      for (String payload : rules.get(i).matching()) {
        boolean[] hit = new boolean[1];
        normalizer.expand(
            RuleTests.bytes("shipped", rules.get(i), payload),
            (view, chain) -> {
              hits.clear();
              scanner.scan(view, view.length, hits);
              hit[0] |= hits.has(rule);
            });
        assertTrue(hit[0], rules.get(i).id() + " does not find " + payload);
      }
    }
  }

  private PatternHits hits(List<String> patterns, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    PatternHits hits = new PatternHits(patterns.size());
    compile(patterns(patterns)).scanner().scan(bytes, bytes.length, hits);
    assertTrue(hits.isComplete());
    return hits;
  }

  private static List<Integer> numbers(PatternHits hits) {
    List<Integer> found = new ArrayList<>();
    for (int i = hits.next(0); i >= 0; i = hits.next(i + 1)) {
      found.add(i);
    }
    return found;
  }

  static List<PayloadPattern> patterns(List<String> sources) {
    return sources.stream().map(source -> PayloadPattern.compile(source, false, false)).toList();
  }
}
