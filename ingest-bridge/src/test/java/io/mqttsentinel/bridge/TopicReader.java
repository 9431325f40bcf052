package io.mqttsentinel.bridge;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a whole topic, from its beginning, and collects. */
final class TopicReader<V extends SpecificRecord> implements AutoCloseable {

  private final KafkaConsumer<String, V> consumer;
  private final List<ConsumerRecord<String, V>> read = new ArrayList<>();

  TopicReader(Topic<String, V> topic, String bootstrapServers, String registryUrl) {
    AvroSerdes serdes = new AvroSerdes(new HttpSchemaRegistry(registryUrl, null, 3));
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            serdes.value(topic).deserializer());
    List<TopicPartition> partitions =
        Await.value(
                "the topic exists", () -> consumer.partitionsFor(topic.name()), p -> !p.isEmpty())
            .stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Polls until the values so far fit. */
  List<V> await(String what, Predicate<List<V>> fits) {
    return Await.value(what, this::poll, fits);
  }

  List<ConsumerRecord<String, V>> records() {
    return List.copyOf(read);
  }

  private List<V> poll() {
    consumer.poll(Duration.ofMillis(50)).forEach(read::add);
    return read.stream().map(ConsumerRecord::value).toList();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
