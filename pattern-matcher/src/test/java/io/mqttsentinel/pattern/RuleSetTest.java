package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RuleSetTest {

  @Test
  void refusesARuleThatFailsItsOwnTests() {
    RuleFileException missed =
        refusal("threat_patterns: [{name: n, pattern: abc, action: flag, tests: {match: abd}}]");
    assertEquals("f.yaml: rule n: tests.match: does not match 'abd'", missed.getMessage());
    RuleFileException hit =
        refusal("threat_patterns: [{name: n, pattern: abc, action: flag, tests: {no_match: abc}}]");
    assertEquals("f.yaml: rule n: tests.no_match: matches 'abc'", hit.getMessage());
  }

  @Test
  void testsLookAtDecodedViewsToo() {
    String rules =
        "threat_patterns: [{name: n, pattern: \"'x'\", action: flag, tests: {match: '%27x%27'}}]";
    assertEquals(1, load(Map.of("f.yaml", rules)).size());
  }

  @Test
  void refusesAPatternWithoutALiteralUnlessForced() {
    RuleFileException refusal =
        refusal("threat_patterns: [{name: n, pattern: '[a-z]+=[0-9]', action: flag}]");
    assertTrue(refusal.getMessage().contains("no literal of 3 bytes"), refusal.getMessage());
    String forced = "threat_patterns: [{name: n, pattern: 'a=[0-9]', action: flag, force: true}]";
    assertEquals(1, load(Map.of("f.yaml", forced)).size());
    String parted = "threat_patterns: [{name: n, pattern: '[;|]\\s*ls', action: flag}]";
    assertEquals(1, load(Map.of("f.yaml", parted)).size());
  }

  @Test
  void saysAllThatIsWrongInAllFiles() {
    RuleFileException refusal =
        assertThrows(
            RuleFileException.class,
            () ->
                load(
                    Map.of(
                        "a.yaml",
                        "threat_patterns: [{name: n, pattern: abc, action: flag, tests: {match: [x,"
                            + " y]}}]",
                        "b.yaml",
                        "threat_patterns: [{name: m, action: flag}]",
                        "c.yaml",
                        "threat_patterns: [{name: n, pattern: ab, action: flag}]")));
    assertEquals(5, refusal.problems().size(), refusal.getMessage());
    assertEquals("b.yaml: rule m: pattern is missing", refusal.problems().getFirst());
    assertTrue(refusal.getMessage().contains("id 'n' is used in a.yaml too"));
    assertEquals(
        List.of(
            "a.yaml: rule n: tests.match: does not match 'x'",
            "a.yaml: rule n: tests.match: does not match 'y'"),
        refusal.problems().subList(3, 5));
  }

  @Test
  void testsMayBeBytes() {
    String rules =
        "threat_patterns: [{name: n, pattern: 'ab\\xff', action: flag, tests: {match:"
            + " 'base64:YWL/', no_match: 'base64:YWL+'}}]";
    assertEquals(1, load(Map.of("f.yaml", rules)).size());
    assertTrue(refusal(rules.replace("YWL+", "Y")).getMessage().contains("is no base64"));
  }

  @Test
  void refusesAnIdThatIsUsedTwice() {
    String rule = "threat_patterns: [{name: n, pattern: abc, action: flag}]";
    RuleFileException twice =
        assertThrows(RuleFileException.class, () -> load(Map.of("a.yaml", rule, "b.yaml", rule)));
    assertEquals("b.yaml: rule n: id 'n' is used in a.yaml too", twice.getMessage());
  }

  @Test
  void refusesAnEmptySet() {
    RuleFileException empty =
        assertThrows(RuleFileException.class, () -> load(Map.of("a.yaml", "version: 1")));
    assertTrue(empty.getMessage().contains("no rules"));
  }

  @Test
  void countsAndMatchesEnabledRulesOnly() {
    String rules =
        """
        threat_patterns:
          - {name: a, pattern: abc, action: flag}
          - {name: b, pattern: abd, action: flag, enabled: false}
        """;
    assertEquals(1, load(Map.of("f.yaml", rules)).size());
  }

  @Test
  void theVersionChangesWithTheText() {
    String rule = "threat_patterns: [{name: n, pattern: abc, action: flag}]";
    String first = load(Map.of("a.yaml", "version: '4.2'\n" + rule)).version();
    String second = load(Map.of("a.yaml", "version: '4.2'\n#\n" + rule)).version();
    assertTrue(first.matches("4\\.2\\+[0-9a-f]{8}"), first);
    assertNotEquals(first, second);
    assertTrue(load(Map.of("a.yaml", rule)).version().matches("[0-9a-f]{8}"));
  }

  private static RuleFileException refusal(String yaml) {
    return assertThrows(RuleFileException.class, () -> load(Map.of("f.yaml", yaml)));
  }

  private static RuleSet load(Map<String, String> files) {
    return RuleSet.load(files, EngineChoice.JAVA, DecodeLimits.DEFAULT);
  }
}
