package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Finding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths in JSON texts, and what a text can do to those who follow them. */
final class JsonPathTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "$.a.b ¦ {\"a\":{\"b\":7},\"b\":1}",
        "$.a[1] ¦ {\"a\":[1,7],\"[1]\":1}",
        "$.a[*].b ¦ {\"a\":[{\"b\":7}],\"b\":1}",
        "$.a.* ¦ {\"a\":{\"[0]\":7}}",
        "$['[0]'] ¦ {\"[0]\":7}",
        "$['*'] ¦ {\"*\":7,\"a\":1}",
        "$..b ¦ {\"a\":[{\"c\":{\"b\":7}}]}",
        "$..b ¦ {\"b\":7}",
        "$..a..b ¦ {\"x\":{\"a\":{\"a\":[{\"b\":7}]}},\"b\":1}",
        "$.b ¦ {\"a\":1} {\"b\":7}",
      })
  void findsTheSeven(String path, String text) {
    assertEquals(List.of("7"), found(path, text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "$.a[1] ¦ {\"a\":{\"[1]\":7}}",
        "$.a[*] ¦ {\"a\":{\"[x\":7}}",
        "$['[0]'] ¦ [7]",
        "$.* ¦ [7]",
        "$['*'] ¦ {\"a\":7}",
        "$.a.b ¦ {\"a\":{\"b\":{\"c\":7}}}",
        "$..a..b ¦ {\"b\":{\"a\":7}}",
      })
  void leavesOthersAlone(String path, String text) {
    assertEquals(List.of(), found(path, text));
  }

  @Test
  void evidenceNamesKeysAndPlaces() {
    assertEquals("json:$.a[3]", JsonPath.field(List.of(JsonStep.name("a"), JsonStep.index(3))));
  }

  @Test
  void aPathIsBounded() {
    assertThrows(IllegalArgumentException.class, () -> JsonPath.parse("$" + ".a".repeat(33)));
  }

  /** Tried one way after the other, this would not end. */
  @Test
  void manyDepthsInAPathCostNoMoreThanItsLength() {
    JsonPath path = JsonPath.parse("$" + "..a".repeat(12) + ".b");
    String text = "{\"a\":".repeat(60) + "7" + "}".repeat(60);
    assertEquals(List.of(), found(path.text(), text));
  }

  @Test
  void whatNestsTooDeepIsSaid() {
    String deep =
        "{\"a\":".repeat(JsonLeaves.DEEPEST + 2) + "7" + "}".repeat(JsonLeaves.DEEPEST + 2);
    assertFalse(JsonLeaves.walk(bytes(deep), (place, from, to) -> true));
    assertTrue(JsonLeaves.walk(bytes("{\"a\":7}"), (place, from, to) -> true));
    assertEquals("json: depth", limit(deep));
  }

  @Test
  void moreValuesThanAreLookedAtAreSaid() {
    assertEquals("json: work", limit("[" + "7,".repeat(50_000) + "7]"));
    assertEquals(null, limit("[" + "7,".repeat(500) + "7]"));
  }

  private static String limit(String payload) {
    RuleSet rules =
        RuleSet.load(
            Map.of(
                "a.yaml",
                "threat_patterns: [{name: n, pattern: evil, action: flag,"
                    + " scope: {field: ['json:$..*', 'json:$[*]']}}]"),
            EngineChoice.JAVA,
            DecodeLimits.DEFAULT);
    return new PatternInspector(rules, List.of(), DecodeLimits.DEFAULT)
        .inspect(Messages.of("clients/dev-1/data", payload)).stream()
            .filter(finding -> finding.getRuleId().equals(PatternInspector.TRUNCATED))
            .map(Finding::getAttributes)
            .map(attributes -> attributes.get("limit"))
            .findAny()
            .orElse(null);
  }

  private static List<String> found(String path, String text) {
    JsonPath parsed = JsonPath.parse(path);
    byte[] bytes = bytes(text);
    List<String> found = new ArrayList<>();
    JsonLeaves.walk(
        bytes,
        (place, from, to) -> {
          if (parsed.matches(place)) {
            found.add(new String(bytes, from, to - from, StandardCharsets.UTF_8));
          }
          return true;
        });
    return found;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
