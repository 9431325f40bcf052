package io.mqttsentinel.pattern;

import static io.mqttsentinel.pattern.LongPayloads.ATTACK;
import static io.mqttsentinel.pattern.LongPayloads.SIZE;
import static io.mqttsentinel.pattern.LongPayloads.inspect;
import static io.mqttsentinel.pattern.LongPayloads.isFound;
import static io.mqttsentinel.pattern.LongPayloads.log;
import static io.mqttsentinel.pattern.LongPayloads.names;
import static io.mqttsentinel.pattern.LongPayloads.ticking;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Finding;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose time is measured, what is said when it is over, and who needs no clock. */
final class TimeBudgetTest {

  @Test
  void whatIsNotLookedAtIsSaid() {
    Finding truncated =
        inspect(log(SIZE), ticking()).stream()
            .filter(finding -> finding.getRuleId().equals(PatternInspector.TRUNCATED))
            .findAny()
            .orElseThrow();
    assertEquals("payload: time", truncated.getAttributes().get("limit"));
  }

  @Test
  void whereTimeSufficesTheWholeIsMatched() {
    assertEquals(List.of(), inspect(log(SIZE), new TimeBudget(DecodeLimits.DEFAULT, () -> 0)));
  }

  @Test
  void whatIsFoundInShortPayloadsDoesNotDependOnTime() {
    TimeBudget untimed =
        new TimeBudget(
            DecodeLimits.DEFAULT,
            () -> {
              throw new AssertionError("the clock was read");
            });
    HostilePayloads.all(12_000)
        .forEach(
            (shape, payload) -> {
              if (!shape.contains("gzip")) { // may become a long text
                inspect(payload, untimed);
              }
            });
    VariedLog log = new VariedLog(5);
    inspect(log.text(TimeBudget.FREE), untimed);
  }

  @Test
  void withoutALimitNobodyLooksAtTheClock() {
    DecodeLimits unlimited = DecodeLimits.DEFAULT.within(Duration.ZERO);
    TimeBudget budget =
        new TimeBudget(
            unlimited,
            () -> {
              throw new AssertionError("the clock was read");
            });
    byte[] payload = new VariedLog(6).with(SIZE, ATTACK, 0.9);
    List<Finding> findings =
        new PatternInspector(ShippedRules.loaded(), List.of(), unlimited, budget)
            .inspect(Messages.of("clients/dev-1/data", payload));
    assertTrue(isFound(findings), () -> "" + names(findings));
  }

  @Test
  void namesAreLookedAtWhateverThePayloadTook() {
    var message = Messages.of("clients/dev-1/data", log(SIZE));
    message.setUsername("' or 1=1 -- ");
    List<Finding> findings =
        new PatternInspector(ShippedRules.loaded(), List.of(), DecodeLimits.DEFAULT, ticking())
            .inspect(message);
    assertTrue(
        findings.stream()
            .flatMap(finding -> finding.getEvidence().stream())
            .anyMatch(evidence -> evidence.getField().equals("username")));
  }

  @Test
  void noWholeViewIsDecodedWhenTimeIsOver() {
    byte[] payload = HostilePayloads.all(SIZE).get("mixed encodings");
    List<Finding> findings = inspect(payload, ticking());
    assertTrue(names(findings).contains(PatternInspector.TRUNCATED));
    assertFalse(
        findings.stream()
            .flatMap(finding -> finding.getEvidence().stream())
            .anyMatch(evidence -> evidence.getView().contains(">")));
  }
}
