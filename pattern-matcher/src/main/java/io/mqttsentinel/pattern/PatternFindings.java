package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Words findings of one set of rules, whose version is in each.
 *
 * @param version of the whole set
 * @param exceeded the action where a limit ended the inspection
 */
record PatternFindings(String version, Action exceeded) {

  /**
   * Everything that is to be said of one message.
   *
   * @param alert the alert rule that fits, or null
   * @param limit which limit ended the inspection early, or null
   * @param elapsed nanoseconds that the inspection took
   */
  List<Finding> of(MessageHits hits, Rule alert, byte[] payload, String limit, long elapsed) {
    List<Finding> findings = new ArrayList<>(hits.all().size() + 1);
    for (MessageHits.Hit hit : hits.all()) {
      findings.add(of(hit.rule(), hit.action(), hit.evidence(), hit.attributes(), elapsed));
    }
    if (alert != null && alert.action() != Action.ALLOW) {
      String excerpt = Excerpt.around(payload, 0, payload.length);
      String field = InspectedField.PAYLOAD.key();
      Evidence whole = new Evidence(field, Normalizer.RAW, 0, payload.length, excerpt);
      findings.add(of(alert, alert.action(), List.of(whole), Map.of(), elapsed));
    }
    if (limit != null) {
      findings.add(truncated(limit, elapsed));
    }
    return findings;
  }

  private Finding of(
      Rule rule,
      Action action,
      List<Evidence> evidence,
      Map<String, String> attributes,
      long elapsed) {
    return new Finding(
        rule.id(),
        version + (rule.version().isEmpty() ? "" : ":" + rule.version()),
        PatternInspector.STAGE,
        AnalyticType.RULE,
        rule.severity(),
        action,
        rule.shadow(),
        rule.title(),
        evidence,
        attributes,
        rule.tags(),
        elapsed);
  }

  private Finding truncated(String limit, long elapsed) {
    return new Finding(
        PatternInspector.TRUNCATED,
        version,
        PatternInspector.STAGE,
        AnalyticType.RULE,
        Severity.MEDIUM,
        exceeded,
        false,
        "Not all encodings of this message were looked into",
        List.of(),
        Map.of("limit", limit),
        List.of(),
        elapsed);
  }
}
