package io.mqttsentinel.aggregator;

import io.micrometer.core.instrument.Counter;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.schemas.SchemaRegistryException;
import io.mqttsentinel.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of a topic on a thread of its own, for as long as the process runs: without
 * a group, so that every instance sees everything. After a failure it starts again where {@link
 * Start} says, so the reader must take the same record twice.
 */
final class Follower<V extends SpecificRecord> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final KafkaConfig kafka;
  private final Topic<String, V> topic;
  private final Deserializer<V> deserializer;
  private final Start start;
  private final Consumer<V> reader;
  private final Counter unreadable;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  Follower(
      KafkaConfig kafka,
      Topic<String, V> topic,
      Deserializer<V> deserializer,
      Start start,
      Consumer<V> reader,
      Counter unreadable) {
    this.kafka = kafka;
    this.topic = topic;
    this.deserializer = deserializer;
    this.start = start;
    this.reader = reader;
    this.unreadable = unreadable;
    this.thread =
        Thread.ofPlatform().daemon().name("follow-" + topic.name()).start(this::followUntilClosed);
  }

  private void followUntilClosed() {
    while (closing.getCount() > 0) {
      try {
        follow();
      } catch (RuntimeException e) {
        LOG.warn("{} is read again in {}, because reading failed", topic.name(), PAUSE, e);
        pause();
      }
    }
  }

  private void follow() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      start.seek(consumer, partitions);
      while (closing.getCount() > 0) {
        consumer.poll(POLL).forEach(this::read);
      }
    } catch (WakeupException e) {
      // Nobody wakes this consumer, but the type is part of poll's contract.
      LOG.debug("Woken up", e);
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    V value;
    try {
      value = deserializer.deserialize(record.topic(), record.value());
    } catch (SchemaRegistryException e) {
      if (e.isPassing()) {
        throw e;
      }
      skip(record, e);
      return;
    } catch (SerializationException e) {
      skip(record, e);
      return;
    }
    if (value != null) {
      reader.accept(value);
    }
  }

  private void skip(ConsumerRecord<byte[], byte[]> record, RuntimeException cause) {
    unreadable.increment();
    LOG.warn(
        "Unreadable record at {}-{}@{} is not shown: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        cause.getMessage());
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = kafka.client();
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "follow-" + topic.name());
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private void pause() {
    try {
      boolean closed = closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
      LOG.debug("{} goes on, closed: {}", topic.name(), closed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing.countDown();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.warn("The reader of {} did not end within {}", topic.name(), CLOSE_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
