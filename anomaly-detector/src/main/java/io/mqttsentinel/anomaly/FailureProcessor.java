package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.SecurityEvent;
import java.time.Clock;
import java.util.Locale;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** Counts what authentication and authorization refused, over all clients. */
final class FailureProcessor extends ContextualProcessor<String, AuthAudit, String, SecurityEvent> {

  private final FleetWatch fleet;
  private final AnomalyMetrics metrics;
  private final Clock clock;

  FailureProcessor(FleetWatch fleet, AnomalyMetrics metrics, Clock clock) {
    this.fleet = fleet;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void process(Record<String, AuthAudit> record) {
    AuthAudit audit = record.value();
    if (audit == null || audit.getOutcome() != AuditOutcome.FAILURE) {
      return;
    }
    String kind = audit.getActivity().name().toLowerCase(Locale.ROOT) + '/' + audit.getCause();
    fleet
        .failure(kind, audit.getAt().toEpochMilli())
        .ifPresent(
            finding -> {
              metrics.reported(finding.getRuleId());
              SecurityEvent event =
                  AnomalyEvents.ofFleet(finding, audit.getRegion(), clock.instant());
              context().forward(new Record<>(finding.getRuleId(), event, record.timestamp()));
            });
  }
}
