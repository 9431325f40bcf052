package io.mqttsentinel.aggregator;

import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Picks the refusals out of a topic; each is named by the place of its record. */
final class RefusalProcessor<V> implements Processor<String, V, String, Refusal> {

  private final BiFunction<V, String, Optional<Refusal>> reading;
  private ProcessorContext<String, Refusal> context;

  RefusalProcessor(BiFunction<V, String, Optional<Refusal>> reading) {
    this.reading = reading;
  }

  @Override
  public void init(ProcessorContext<String, Refusal> context) {
    this.context = context;
  }

  @Override
  public void process(Record<String, V> record) {
    RecordMetadata place = context.recordMetadata().orElseThrow();
    String eventId = EventId.ofRecord(place.topic(), place.partition(), place.offset());
    reading
        .apply(record.value(), eventId)
        .ifPresent(refusal -> context.forward(record.withValue(refusal)));
  }
}
