package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SchemaRegistryException;
import io.mqttsentinel.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one partition of the cleared messages for a replay, from its moment to the end that it had
 * then. Runs on a thread that the replay has for itself.
 */
final class ReplayReader {

  private static final Logger LOG = LoggerFactory.getLogger(ReplayReader.class);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final AvroSerdes serdes;
  private final ReplayWriter writer;
  private final EdgeMetrics metrics;

  ReplayReader(
      Supplier<Consumer<byte[], byte[]>> consumers,
      AvroSerdes serdes,
      ReplayWriter writer,
      EdgeMetrics metrics) {
    this.consumers = consumers;
    this.serdes = serdes;
    this.writer = writer;
    this.metrics = metrics;
  }

  /** Returns when everything is written, or the replay was stopped or given up. */
  void read(Replay replay) {
    String outcome = "stopped";
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      if (readAll(consumer, replay)) {
        outcome = "complete";
      } else if (!replay.isStopped()) {
        outcome = "stalled";
      }
    } catch (InterruptException | InterruptedException e) {
      LOG.debug("Told to end", e);
    } catch (KafkaException | SchemaRegistryException e) {
      outcome = "failed";
      LOG.warn("A replay for {} failed: {}", replay.connection().knownClientId(), e.toString());
    }
    metrics.replay(outcome);
    writer.end(replay, outcome.equals("complete"));
  }

  private boolean readAll(Consumer<byte[], byte[]> consumer, Replay replay)
      throws InterruptedException {
    TopicPartition partition =
        new TopicPartition(Topics.MESSAGES_CLEARED.name(), replay.partition());
    consumer.assign(List.of(partition));
    long end = consumer.endOffsets(List.of(partition)).get(partition);
    long since = Math.max(0, replay.request().since().toEpochMilli());
    OffsetAndTimestamp first = consumer.offsetsForTimes(Map.of(partition, since)).get(partition);
    consumer.seek(partition, first == null ? end : first.offset());
    while (consumer.position(partition) < end) {
      List<InspectedMessage> messages = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < end && isMeant(replay, record)) {
          read(record, messages);
        }
      }
      if (replay.isStopped() || !writer.write(replay, messages)) {
        return false;
      }
    }
    return true;
  }

  /** By its key, which is the topic: most of a partition is somebody else's. */
  private static boolean isMeant(Replay replay, ConsumerRecord<byte[], byte[]> record) {
    return record.key() != null
        && record.value() != null
        && replay.request().filter().matches(new String(record.key(), StandardCharsets.UTF_8));
  }

  private void read(ConsumerRecord<byte[], byte[]> record, List<InspectedMessage> into) {
    try {
      InspectedMessage message =
          serdes
              .value(Topics.MESSAGES_CLEARED)
              .deserializer()
              .deserialize(record.topic(), record.value());
      if (isDeliverable(message)) {
        into.add(message);
      }
    } catch (SerializationException | IllegalArgumentException e) {
      // The router has reported it; here it only cannot be shown again.
      LOG.debug("Not replayed, {}@{}: {}", record.topic(), record.offset(), e.toString());
    }
  }

  private static boolean isDeliverable(InspectedMessage message) {
    if (message.getVerdict() == null || message.getRelease() != null) {
      return true; // as the router does; an analyst released it
    }
    Action action = message.getVerdict().getAction();
    return action == Action.ALLOW || action == Action.FLAG;
  }
}
