package io.mqttsentinel.allinone;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads {@code security.events} from where it ends now, as an analyst's tool would. */
final class SecurityEventFeed implements AutoCloseable {

  private static final int REGISTRY_ATTEMPTS = 5;
  private static final Duration POLL = Duration.ofSeconds(1);

  private final KafkaConsumer<String, SecurityEvent> consumer;
  private final Thread thread;

  private SecurityEventFeed(
      KafkaConsumer<String, SecurityEvent> consumer, Consumer<SecurityEvent> listener) {
    this.consumer = consumer;
    this.thread = Thread.ofPlatform().name("security-events").unstarted(() -> read(listener));
  }

  static SecurityEventFeed start(
      String bootstrapServers, String registryUrl, Consumer<SecurityEvent> listener) {
    AvroSerdes serdes =
        new AvroSerdes(new HttpSchemaRegistry(registryUrl, null, REGISTRY_ATTEMPTS));
    KafkaConsumer<String, SecurityEvent> consumer =
        new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
            new StringDeserializer(),
            serdes.value(Topics.SECURITY_EVENTS).deserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.SECURITY_EVENTS.name()).stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position); // seeks now, not at the first poll
    SecurityEventFeed feed = new SecurityEventFeed(consumer, listener);
    feed.thread.start();
    return feed;
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(Consumer<SecurityEvent> listener) {
    try (consumer) {
      while (true) {
        consumer.poll(POLL).forEach(record -> listener.accept(record.value()));
      }
    } catch (WakeupException e) {
      // closed
    }
  }
}
