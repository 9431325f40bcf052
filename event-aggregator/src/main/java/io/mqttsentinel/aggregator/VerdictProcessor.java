package io.mqttsentinel.aggregator;

import io.mqttsentinel.runtime.PrintableText;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SecurityEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each message its verdict and sends it where the verdict says. */
final class VerdictProcessor
    implements Processor<String, InspectedMessage, String, SpecificRecord> {

  private static final Logger LOG = LoggerFactory.getLogger(VerdictProcessor.class);

  private final Judge judge;
  private final Clock clock;
  private final AggregatorMetrics metrics;
  private final VerdictCounts counts;
  private ProcessorContext<String, SpecificRecord> context;

  VerdictProcessor(Judge judge, Clock clock, AggregatorMetrics metrics, VerdictCounts counts) {
    this.judge = judge;
    this.clock = clock;
    this.metrics = metrics;
    this.counts = counts;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
  }

  @Override
  public void process(Record<String, InspectedMessage> record) {
    InspectedMessage message = record.value();
    Instant now = clock.instant();
    long started = System.nanoTime();
    Decision decision = decide(message, now);
    Duration took = Duration.ofNanos(System.nanoTime() - started);

    switch (decision.action()) {
      case ALLOW, FLAG ->
          context.forward(
              new Record<>(message.getTopic(), message, record.timestamp()),
              EventAggregatorTopology.CLEARED);
      case QUARANTINE ->
          context.forward(
              new Record<>(message.getClientId(), message, record.timestamp()),
              EventAggregatorTopology.QUARANTINED);
      case BLOCK -> {} // ends here; its event tells of it
    }
    decision.event().ifPresent(event -> report(event, record.timestamp()));
    metrics.decided(decision.action(), took, message.getAcceptedAt(), now);
    counts.decided(decision.action(), message.getAcceptedAt(), now);
  }

  private Decision decide(InspectedMessage message, Instant now) {
    try {
      return judge.decide(message, now);
    } catch (RuntimeException e) {
      metrics.judgingFailed();
      LOG.warn(
          "Message {}/{} of client {} is quarantined, because judging it failed",
          message.getEpoch(),
          message.getSequence(),
          PrintableText.of(message.getClientId(), 100),
          e);
      return judge.quarantine(message, e, now);
    }
  }

  private void report(SecurityEvent event, long timestamp) {
    context.forward(
        new Record<>(event.getClientId(), event, timestamp),
        EventAggregatorTopology.MESSAGE_EVENTS);
    metrics.reported(event);
  }
}
