package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Payloads larger than devices send. */
final class PayloadSizeDetector implements Detector {

  private final int limit;
  private final Action action;

  PayloadSizeDetector(Settings settings) {
    this.limit = settings.limits().payloadLimit();
    this.action = settings.modes().payloadOversized().action();
  }

  @Override
  public Alarm alarm() {
    return Alarm.PAYLOAD_OVERSIZED;
  }

  @Override
  public boolean judgesReplays() {
    return true;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    int size = seen.payload().length;
    if (size <= limit) {
      return Optional.empty();
    }
    return Optional.of(
        new Anomaly(
                alarm().ruleId(),
                AnalyticType.STATISTICAL,
                Severity.MEDIUM,
                action,
                "Payload larger than devices send",
                "at most " + limit + " bytes",
                size + " bytes",
                Integer.toString(limit),
                Map.of("factor", Anomaly.number((double) size / limit), "basis", "fixed"),
                List.of(new Evidence("payload", "raw", 0, size, "")))
            .finding());
  }
}
