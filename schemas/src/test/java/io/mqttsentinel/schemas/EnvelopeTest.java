package io.mqttsentinel.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

  @Test
  void theStrongestActionWins() {
    assertEquals(Action.ALLOW, Envelope.strongest(List.of()));
    assertEquals(
        Action.QUARANTINE,
        Envelope.strongest(
            List.of(
                finding(Action.FLAG, false),
                finding(Action.QUARANTINE, false),
                finding(Action.ALLOW, false))));
  }

  @Test
  void aShadowFindingDoesNotCount() {
    assertEquals(
        Action.FLAG,
        Envelope.strongest(List.of(finding(Action.BLOCK, true), finding(Action.FLAG, false))));
  }

  private static Finding finding(Action action, boolean shadow) {
    return Finding.newBuilder()
        .setRuleId("r")
        .setStage("s")
        .setAnalyticType(AnalyticType.RULE)
        .setSeverity(Severity.LOW)
        .setAction(action)
        .setShadow(shadow)
        .setTitle("t")
        .build();
  }
}
