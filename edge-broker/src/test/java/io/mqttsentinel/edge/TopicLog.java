package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic, from now on unless told otherwise, and keeps what came. For one thread. */
final class TopicLog<V extends SpecificRecord> implements AutoCloseable {

  private final KafkaConsumer<String, V> consumer;
  private final List<V> values = new ArrayList<>();

  TopicLog(Topic<String, V> topic, String bootstrapServers, AvroSerdes serdes) {
    this(topic, bootstrapServers, serdes, false);
  }

  /** From the beginning. */
  static <V extends SpecificRecord> TopicLog<V> whole(
      Topic<String, V> topic, String bootstrapServers, AvroSerdes serdes) {
    return new TopicLog<>(topic, bootstrapServers, serdes, true);
  }

  private TopicLog(
      Topic<String, V> topic, String bootstrapServers, AvroSerdes serdes, boolean whole) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "latest"),
            new StringDeserializer(),
            serdes.value(topic).deserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic.name()).stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    if (whole) {
      consumer.seekToBeginning(partitions);
    } else {
      consumer.seekToEnd(partitions);
    }
    partitions.forEach(consumer::position); // the end is where it is now, not at the first poll
  }

  List<V> poll() {
    consumer.poll(Duration.ofMillis(20)).forEach(record -> values.add(record.value()));
    return List.copyOf(values);
  }

  /** Those that fit, so far. */
  List<V> poll(Predicate<V> fits) {
    return poll().stream().filter(fits).toList();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
