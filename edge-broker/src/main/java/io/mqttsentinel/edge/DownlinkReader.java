package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.DeadLetter;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.SchemaRegistryException;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads this edge's lane, from the end: all its connections are new. No consumer group, so nothing
 * ever stops it to rebalance.
 */
final class DownlinkReader {

  private static final Logger LOG = LoggerFactory.getLogger(DownlinkReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long PAUSE_SECONDS = 1;

  private final Consumer<byte[], byte[]> consumer;
  private final AvroSerdes serdes;
  private final Topic<Integer, Downlink> topic;
  private final TopicPartition lane;
  private final DownlinkDispatch dispatch;
  private final Uplink uplink;
  private final EdgeMetrics metrics;
  private final Clock clock;
  private final Thread thread;
  private volatile boolean closing;
  private volatile long lag;

  DownlinkReader(
      Consumer<byte[], byte[]> consumer,
      AvroSerdes serdes,
      EdgeIdentity identity,
      DownlinkDispatch dispatch,
      Uplink uplink,
      EdgeMetrics metrics,
      Clock clock) {
    this.consumer = consumer;
    this.serdes = serdes;
    this.topic = Topics.downlink(identity.region());
    this.lane = new TopicPartition(topic.name(), identity.lane());
    this.dispatch = dispatch;
    this.uplink = uplink;
    this.metrics = metrics;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("edge-downlink").unstarted(this::run);
  }

  /**
   * Finds the end of the lane, so that nothing is missed from here on, and starts to read.
   *
   * @throws KafkaException if Kafka does not answer
   */
  void start() {
    consumer.assign(List.of(lane));
    consumer.seekToEnd(List.of(lane));
    long end = consumer.position(lane);
    LOG.info("Reading {} from offset {}", lane, end);
    thread.start();
  }

  /** Records of the lane that were not read at the last look. */
  long lag() {
    return lag;
  }

  private void run() {
    try {
      while (!closing) {
        poll();
      }
    } catch (WakeupException | InterruptException | InterruptedException e) {
      LOG.debug("Told to end", e);
    } finally {
      Thread.interrupted(); // so that the consumer can say good-bye
      consumer.close();
    }
  }

  private void poll() throws InterruptedException {
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        handle(record);
      }
      lag = consumer.currentLag(lane).orElse(0);
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.warn("Reading {} failed, trying again: {}", lane, e.toString());
      TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
    }
  }

  private void handle(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    while (!closing) {
      try {
        dispatch.accept(
            serdes.value(topic).deserializer().deserialize(topic.name(), record.value()));
        return;
      } catch (SchemaRegistryException e) {
        LOG.warn("The downlink waits for the schema registry: {}", e.getMessage());
        TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
      } catch (SerializationException | IllegalArgumentException e) {
        deadLetter(record, e);
        return;
      }
    }
  }

  private void deadLetter(ConsumerRecord<byte[], byte[]> record, RuntimeException failure) {
    LOG.warn("Unreadable record at {}@{}: {}", lane, record.offset(), failure.getMessage());
    DeadLetter letter =
        new DeadLetter(
            clock.instant(),
            PublishFlow.STAGE,
            record.topic(),
            record.partition(),
            record.offset(),
            String.valueOf(failure.getMessage()),
            record.key() == null ? null : ByteBuffer.wrap(record.key()),
            record.value() == null ? null : ByteBuffer.wrap(record.value()));
    uplink.submit(
        Topics.DEAD_LETTERS,
        record.topic(),
        letter,
        record.serializedValueSize(),
        lost -> {
          if (lost != null) {
            metrics.lostRecord(Topics.DEAD_LETTERS.name());
          }
        });
  }

  void close(Duration limit) {
    closing = true;
    consumer.wakeup();
    try {
      if (!thread.join(limit)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
