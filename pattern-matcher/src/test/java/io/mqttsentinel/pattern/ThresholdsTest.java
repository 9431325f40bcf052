package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.InspectedMessage;
import org.junit.jupiter.api.Test;

final class ThresholdsTest {

  private static final int MOST = 2_000;

  private final Thresholds thresholds = new Thresholds(MOST);

  @Test
  void isReachedByEnoughHitsWithinTheWindow() {
    Rule rule = rule("r", 3);
    assertFalse(thresholds.reached(rule, message("a", 0)));
    assertFalse(thresholds.reached(rule, message("a", 1)));
    assertFalse(thresholds.reached(rule, message("b", 2)));
    assertTrue(thresholds.reached(rule, message("a", 3)));
    assertTrue(thresholds.reached(rule, message("a", 60)));
    assertFalse(thresholds.reached(rule, message("a", 200)));
    assertTrue(thresholds.reached(rule("once", 1), message("a", 200)));
  }

  @Test
  void allCountsTogetherAreBounded() {
    Rule few = rule("few", 2);
    Rule many = rule("many", 1000);
    for (int i = 0; i < 5_000; i++) {
      thresholds.reached(few, message("client-" + i, i));
      thresholds.reached(many, message("client-" + i % 7, i));
      assertTrue(thresholds.units() <= MOST, "units: " + thresholds.units());
    }
    thresholds.reached(few, message("x".repeat(60_000), 1));
    assertEquals(0, thresholds.units(), "a name that finds no room is not kept");
  }

  @Test
  void thoseHitLongestAgoAreForgotten() {
    Rule rule = rule("r", 2);
    thresholds.reached(rule, message("old", 0));
    for (int i = 0; i < 1_000; i++) {
      thresholds.reached(rule, message("client-" + i, 1));
    }
    assertFalse(thresholds.reached(rule, message("old", 2)));
    assertTrue(thresholds.reached(rule, message("client-999", 2)));
  }

  private static Rule rule(String name, int count) {
    return RuleFile.parse(
            "a.yaml",
            ("threat_patterns: [{name: %s, pattern: abc, action: flag,"
                    + " threshold: {count: %d, window: 1m}}]")
                .formatted(name, count))
        .threats()
        .getFirst();
  }

  private static InspectedMessage message(String client, int second) {
    InspectedMessage message = Messages.of("a", "abc");
    message.setClientId(client);
    message.setAcceptedAt(Messages.ACCEPTED.plusSeconds(second));
    return message;
  }
}
