package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Severity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Payloads larger than devices send. */
final class PayloadSizeDetector implements Detector {

  static final String RULE = "payload_oversized";

  private final int limit;

  PayloadSizeDetector(AnomalyDetectorConfig config) {
    this.limit = config.payloadLimit();
  }

  @Override
  public String ruleId() {
    return RULE;
  }

  @Override
  public Optional<Finding> inspect(InspectedMessage message, Pace pace, long at) {
    int size = message.getPayload().remaining();
    if (size <= limit) {
      return Optional.empty();
    }
    return Optional.of(
        new Anomaly(
                RULE,
                AnalyticType.STATISTICAL,
                Severity.MEDIUM,
                Action.QUARANTINE,
                "Payload larger than devices send",
                "at most " + limit + " bytes",
                size + " bytes",
                Integer.toString(limit),
                Map.of(),
                List.of(new Evidence("payload", "raw", 0, size, "")))
            .finding());
  }
}
