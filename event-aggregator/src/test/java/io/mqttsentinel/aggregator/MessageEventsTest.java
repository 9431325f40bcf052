package io.mqttsentinel.aggregator;

import static io.mqttsentinel.aggregator.Messages.finding;
import static io.mqttsentinel.aggregator.Messages.message;
import static io.mqttsentinel.aggregator.Messages.shadow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageEventsTest {

  @ParameterizedTest
  @CsvSource({
    "pattern-matcher,sql_injection,RULE,SIGNATURE",
    "anomaly-detector,publish_rate,BEHAVIORAL,ANOMALY",
    "auth-verifier,session_unknown,POLICY,AUTHENTICATION",
    "auth-verifier,topic_not_granted,POLICY,AUTHORIZATION",
    "somebody-new,rule,RULE,SIGNATURE",
    "somebody-new,score,STATISTICAL,ANOMALY",
    "somebody-new,x,UNKNOWN,UNKNOWN"
  })
  void layerTellsWhichDefenceSpoke(
      String stage, String ruleId, AnalyticType analytic, String layer) {
    Finding finding =
        Finding.newBuilder(finding(ruleId, Action.BLOCK, Severity.HIGH))
            .setStage(stage)
            .setAnalyticType(analytic)
            .build();
    assertEquals(layer, event(Action.BLOCK, finding).getLayer().name());
  }

  @Test
  void ofTheSameActionTheMoreSevereExplains() {
    SecurityEvent event =
        event(
            Action.BLOCK,
            finding("first", Action.BLOCK, Severity.MEDIUM),
            finding("second", Action.BLOCK, Severity.HIGH),
            finding("third", Action.BLOCK, Severity.HIGH));
    assertEquals("second", event.getType());
    assertEquals(Severity.HIGH, event.getSeverity());
  }

  @Test
  void ruleOnTrialDoesNotRaiseTheSeverity() {
    SecurityEvent event =
        event(
            Action.FLAG,
            finding("odd", Action.FLAG, Severity.LOW),
            shadow("trial", Action.BLOCK, Severity.CRITICAL));
    assertEquals("odd", event.getType());
    assertEquals(Severity.LOW, event.getSeverity());
    assertEquals(2, event.getFindings().size());
  }

  private static SecurityEvent event(Action verdict, Finding... findings) {
    return MessageEvents.of(message("dev-1", 1, findings), verdict, Messages.ACCEPTED);
  }
}
