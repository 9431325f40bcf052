package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.AuthInvalidation;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanExpiry;
import io.mqttsentinel.schemas.SchemaRegistryException;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.Serde;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what was decided elsewhere about who may be here: all bans there are, before anybody is let
 * in, and revocations from now on. Without a consumer group: every edge reads all of it.
 */
final class AccessReader {

  private static final Logger LOG = LoggerFactory.getLogger(AccessReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long PAUSE_SECONDS = 1;

  private final Consumer<byte[], byte[]> consumer;
  private final AvroSerdes serdes;
  private final TopicLayout layout;
  private final AccessFlow access;
  private final EdgeMetrics metrics;
  private final LongSupplier nanos;
  private final Thread thread;
  private volatile boolean closing;

  AccessReader(
      Consumer<byte[], byte[]> consumer,
      AvroSerdes serdes,
      TopicLayout layout,
      AccessFlow access,
      EdgeMetrics metrics,
      LongSupplier nanos) {
    this.consumer = consumer;
    this.serdes = serdes;
    this.layout = layout;
    this.access = access;
    this.metrics = metrics;
    this.nanos = nanos;
    this.thread = Thread.ofPlatform().name("edge-access").unstarted(this::run);
  }

  /**
   * Reads all bans, and goes on in the background.
   *
   * @throws KafkaException if Kafka does not answer
   */
  void start() {
    List<TopicPartition> bans = partitions(Topics.AUTH_BANS);
    List<TopicPartition> revocations = partitions(Topics.AUTH_INVALIDATIONS);
    consumer.assign(
        IntStream.range(0, bans.size() + revocations.size())
            .mapToObj(i -> i < bans.size() ? bans.get(i) : revocations.get(i - bans.size()))
            .toList());
    consumer.seekToBeginning(bans);
    consumer.seekToEnd(revocations);
    revocations.forEach(consumer::position); // the end as of now, not as of the first poll
    readUntil(consumer.endOffsets(bans));
    thread.start();
  }

  private List<TopicPartition> partitions(Topic<?, ?> topic) {
    return IntStream.range(0, topic.partitions(layout))
        .mapToObj(partition -> new TopicPartition(topic.name(), partition))
        .toList();
  }

  private void readUntil(Map<TopicPartition, Long> ends) {
    long last = nanos.getAsLong();
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      records.forEach(this::handle);
      if (!records.isEmpty()) {
        access.enforce();
        last = nanos.getAsLong(); // a long topic is no silent one
      } else if (nanos.getAsLong() - last > PATIENCE.toNanos()) {
        throw new KafkaException("no ban came for %s, and not all are read".formatted(PATIENCE));
      }
    }
  }

  private void run() {
    try {
      while (!closing) {
        poll();
      }
    } catch (WakeupException | InterruptException e) {
      LOG.debug("Told to end", e);
    } finally {
      Thread.interrupted(); // so that the consumer can say good-bye
      consumer.close();
    }
  }

  private void poll() {
    try {
      consumer.poll(POLL).forEach(this::handle);
      access.enforce();
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.warn("Reading bans and revocations failed, trying again: {}", e.toString());
      pause();
    }
  }

  /** A record that cannot be read must not keep the others from taking effect. */
  private void handle(ConsumerRecord<byte[], byte[]> record) {
    while (!closing) {
      try {
        apply(record);
        return;
      } catch (SchemaRegistryException e) {
        if (!e.isPassing()) {
          giveUp(record, e);
          return;
        }
        LOG.warn("Bans and revocations wait for the schema registry: {}", e.getMessage());
        pause();
      } catch (RuntimeException e) {
        giveUp(record, e);
        return;
      }
    }
  }

  private void giveUp(ConsumerRecord<byte[], byte[]> record, RuntimeException e) {
    metrics.unreadable(record.topic());
    LOG.error(
        "A record of {} has no effect, at {}@{}: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        e.toString());
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void apply(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(Topics.AUTH_BANS.name())) {
      String key = read(Topics.AUTH_BANS.keySerde(), record.topic(), record.key());
      Ban ban = read(serdes.value(Topics.AUTH_BANS), record.topic(), record.value());
      if (ban != null || !BanExpiry.isMarked(record.headers())) { // what is over goes by itself
        access.banned(key, ban);
      }
    } else {
      AuthInvalidation invalidation =
          read(serdes.value(Topics.AUTH_INVALIDATIONS), record.topic(), record.value());
      access.invalidated(invalidation);
    }
  }

  private static <T> T read(Serde<T> serde, String topic, byte[] bytes) {
    return bytes == null ? null : serde.deserializer().deserialize(topic, bytes);
  }

  void close(Duration limit) {
    closing = true;
    consumer.wakeup();
    if (!thread.isAlive()) {
      return;
    }
    try {
      if (!thread.join(limit)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
