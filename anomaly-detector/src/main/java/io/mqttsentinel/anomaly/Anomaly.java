package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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

  /** Changes when a detector judges differently with the same configuration. */
  static final String VERSION = "2";

  /** A deviation from a client's own past. */
  static Anomaly behaviour(Alarm alarm, Severity severity, Action action, String title, Why why) {
    return new Anomaly(
        alarm.ruleId(),
        AnalyticType.BEHAVIORAL,
        severity,
        action,
        title,
        why.expected(),
        why.observed(),
        why.threshold(),
        why.more(),
        List.of());
  }

  /** The explanation of a deviation, each in words and with its unit. */
  record Why(String expected, String observed, String threshold, Map<String, String> more) {

    /**
     * @param factor how many times the expected
     * @param basis whose past was expected: {@code client}, {@code class} or {@code fixed}
     */
    static Why times(
        String expected, String observed, String threshold, double factor, String basis) {
      return new Why(
          expected, observed, threshold, Map.of("factor", number(factor), "basis", basis));
    }
  }

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

  /** One decimal. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
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
        .setRuleVersion(VERSION)
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
