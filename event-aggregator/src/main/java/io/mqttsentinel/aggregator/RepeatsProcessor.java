package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.SecurityEvent;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Turns refusals into events, repeats into counts. */
final class RepeatsProcessor implements Processor<String, Refusal, String, SecurityEvent> {

  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  private final RepeatFilter filter;
  private final RefusalEvents events;
  private final AggregatorMetrics metrics;
  private ProcessorContext<String, SecurityEvent> context;

  RepeatsProcessor(RepeatFilter filter, RefusalEvents events, AggregatorMetrics metrics) {
    this.filter = filter;
    this.events = events;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<String, SecurityEvent> context) {
    this.context = context;
    context.schedule(CHECK_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::reportRepeats);
  }

  @Override
  public void process(Record<String, Refusal> record) {
    Refusal refusal = record.value();
    if (filter.isNews(refusal, Instant.ofEpochMilli(context.currentSystemTimeMs()))) {
      report(events.first(refusal), record.timestamp());
    } else {
      metrics.repeated();
    }
  }

  private void reportRepeats(long time) {
    Instant now = Instant.ofEpochMilli(time);
    filter.ended(now).forEach(repeats -> report(events.repeated(repeats, now), time));
  }

  private void report(SecurityEvent event, long timestamp) {
    context.forward(new Record<>(RefusalEvents.key(event), event, timestamp));
    metrics.reported(event);
  }
}
