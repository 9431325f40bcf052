package io.mqttsentinel.e2e;

import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic from its beginning, as a foreign consumer would. */
final class TopicReader<K, V extends SpecificRecord> implements AutoCloseable {

  private final KafkaConsumer<K, V> consumer;
  private final List<V> read = new ArrayList<>();

  TopicReader(Cluster cluster, Topic<K, V> topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            topic.keySerde().deserializer(),
            cluster.serdes().value(topic).deserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic.name()).stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Waits for a record that fits, old or new. */
  V await(String what, Predicate<V> fits) {
    return Await.value(what, () -> all().stream().filter(fits).findFirst().orElse(null), v -> true);
  }

  /** All records so far. */
  List<V> all() {
    consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
    return read;
  }

  /** Everything that is there now, without keeping it. */
  void readToEnd(Consumer<V> each) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      consumer.poll(Duration.ofMillis(200)).forEach(record -> each.accept(record.value()));
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
