package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mqttsentinel.allinone.EventCounts.Outcome;
import io.mqttsentinel.schemas.Action;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EventCountsTest {

  private final EventCounts counts = new EventCounts();

  @Test
  void tellsRefusedFromBlocked() {
    counts.count(Events.refusal("c", "t", "not_authorized"));
    counts.count(Events.message("c", "t", "aa", "sql_injection", Action.BLOCK));
    counts.count(Events.message("d", "t", "aa", "sql_injection", Action.BLOCK));
    counts.count(Events.message("c", "t", "aa", "payload_size", Action.QUARANTINE));
    counts.count(Events.message("c", "t", "aa", "entropy", Action.FLAG));

    assertEquals(Map.of("not_authorized", 1), counts.byRule(Outcome.REFUSED));
    assertEquals(Map.of("sql_injection", 2), counts.byRule(Outcome.BLOCKED));
    assertEquals(1, counts.total(Outcome.QUARANTINED));
    assertEquals(1, counts.total(Outcome.FLAGGED));
  }

  @Test
  void aReplayedEventCountsOnce() {
    counts.count(Events.refusal("c", "t", "not_authorized"));
    counts.count(Events.refusal("c", "t", "not_authorized"));

    assertEquals(1, counts.total(Outcome.REFUSED));
  }

  @Test
  void rulesOnTrialDoNotCount() {
    counts.count(Events.message("c", "t", "aa", "new_rule", Action.ALLOW));

    for (Outcome outcome : Outcome.values()) {
      assertEquals(0, counts.total(outcome));
    }
  }
}
