package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.RuleText;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic of pushed rules: from its beginning, without a group, on a thread of its own.
 * Kafka away only means that nothing new comes.
 */
final class RuleTopic implements AutoCloseable {

  /** Receives all files that are in the topic, by name. */
  interface RuleSink {
    void take(Map<String, String> files);
  }

  private static final Logger LOG = LoggerFactory.getLogger(RuleTopic.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration FIRST_READ = Duration.ofSeconds(10);

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final Duration pause;
  private final AvroSerdes serdes;
  private final RuleSink changed;
  private final Map<String, String> files = new TreeMap<>();
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private volatile boolean closed;
  private Thread follower;

  /**
   * @param changed is told all files that are in the topic, after each change
   */
  RuleTopic(Map<String, Object> client, AvroSerdes serdes, RuleSink changed) {
    this(
        () -> new KafkaConsumer<>(client, new StringDeserializer(), new ByteArrayDeserializer()),
        PAUSE,
        serdes,
        changed);
  }

  /**
   * @param pause after a failure, before the topic is read again
   */
  RuleTopic(
      Supplier<Consumer<String, byte[]>> consumers,
      Duration pause,
      AvroSerdes serdes,
      RuleSink changed) {
    this.consumers = consumers;
    this.pause = pause;
    this.serdes = serdes;
    this.changed = changed;
  }

  /** Follows from now on; returns when what is there was read, or after ten seconds. */
  void start() {
    follower = Thread.ofPlatform().name("pattern-rules-topic").daemon().start(this::follow);
    try {
      if (!caughtUp.await(FIRST_READ.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn(
            "{} was not read within {} s: starting with the other rules",
            Topics.PATTERN_RULES.name(),
            FIRST_READ.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    while (!closed) {
      try (Consumer<String, byte[]> consumer = consumers.get()) {
        if (!followUntilClosed(consumer)) {
          return;
        }
      } catch (RuntimeException e) { // Kafka's own, and whatever else: nobody would start it again
        LOG.warn("{} cannot be read: {}", Topics.PATTERN_RULES.name(), e.toString());
        if (!pause()) {
          return;
        }
      }
    }
  }

  private boolean followUntilClosed(Consumer<String, byte[]> consumer) {
    try {
      follow(consumer);
      return true;
    } catch (InterruptException e) {
      Thread.interrupted(); // so that the consumer can say good-bye
      return false;
    }
  }

  private void follow(Consumer<String, byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.PATTERN_RULES.name()).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<String, String> before = Map.copyOf(files);
    files.clear(); // of what was removed while nobody followed, no record may be left
    boolean isChanged = true;
    while (!closed) {
      isChanged |= take(consumer.poll(POLL), before);
      boolean behind =
          ends.entrySet().stream()
              .anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
      if (behind) {
        continue; // one new set, not one for each file that was pushed in the past
      }
      if (isChanged) {
        changed.take(files);
        isChanged = false;
      }
      caughtUp.countDown();
    }
  }

  /** A record that cannot be read changes nothing: what was read under its name stays. */
  private boolean take(ConsumerRecords<String, byte[]> records, Map<String, String> before) {
    boolean isChanged = false;
    for (ConsumerRecord<String, byte[]> record : records) {
      if (record.key() == null) {
        continue;
      }
      if (record.value() == null) {
        isChanged |= files.remove(record.key()) != null;
        continue;
      }
      String text = text(record);
      if (text != null) {
        isChanged |= !text.equals(files.put(record.key(), text));
      } else if (before.containsKey(record.key())) {
        files.putIfAbsent(record.key(), before.get(record.key()));
      }
    }
    return isChanged;
  }

  /** The rules in a record, or null where it cannot be read. */
  private String text(ConsumerRecord<String, byte[]> record) {
    try {
      RuleText file =
          serdes
              .value(Topics.PATTERN_RULES)
              .deserializer()
              .deserialize(record.topic(), record.value());
      return file.getText();
    } catch (RuntimeException e) {
      LOG.error(
          "The rules pushed as {} (partition {}, offset {}) cannot be read: {}",
          record.key(),
          record.partition(),
          record.offset(),
          e.getMessage());
      return null;
    }
  }

  private boolean pause() {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    if (follower != null) {
      follower.interrupt();
    }
  }
}
