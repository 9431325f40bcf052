package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a deviation becomes a finding: what was expected, what was observed, where the line is. */
record Anomaly(
    String ruleId,
    AnalyticType type,
    Severity severity,
    Action action,
    String title,
    String expected,
    String observed,
    String threshold,
    Map<String, String> more,
    List<Evidence> evidence) {

  static final String INSPECTION_FAILED = "inspection_failed";

  Finding finding() {
    Map<String, String> why = new LinkedHashMap<>();
    why.put("expected", expected);
    why.put("observed", observed);
    why.put("threshold", threshold);
    why.putAll(more);
    return finding(ruleId, type, severity, action, title, why, evidence);
  }

  /** For a message that a detector failed on: it must not pass, and must not be lost. */
  static Finding failed(String detector, RuntimeException cause) {
    return finding(
        INSPECTION_FAILED,
        AnalyticType.POLICY,
        Severity.HIGH,
        Action.QUARANTINE,
        "A detector failed; the message waits for an analyst",
        Map.of("detector", detector, "failure", cause.getClass().getSimpleName()),
        List.of());
  }

  private static Finding finding(
      String ruleId,
      AnalyticType type,
      Severity severity,
      Action action,
      String title,
      Map<String, String> why,
      List<Evidence> evidence) {
    return Finding.newBuilder()
        .setRuleId(ruleId)
        .setStage(AnomalyDetectorApplication.SERVICE)
        .setAnalyticType(type)
        .setSeverity(severity)
        .setAction(action)
        .setTitle(title)
        .setAttributes(why)
        .setEvidence(evidence)
        .build();
  }
}
