package io.mqttsentinel.aggregator;

import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Looks at a few of the deliveries that lie on the way to the region's edges: how long it took from
 * accepted to there. To read them all would cost as much as to deliver them.
 */
final class DownlinkSampler implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LONGEST_SAMPLE = Duration.ofMillis(500);
  private static final Duration ASK_LIMIT = Duration.ofSeconds(5);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Deserializer<Downlink> deserializer;
  private final List<TopicPartition> lanes;
  private final int most;
  private Map<TopicPartition, Long> seen;

  /**
   * @param most deliveries that one sample looks at
   */
  DownlinkSampler(
      KafkaConfig kafka,
      Topic<Integer, Downlink> topic,
      Deserializer<Downlink> deserializer,
      int most) {
    Map<String, Object> settings = kafka.client();
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "sample-" + topic.name());
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1 << 20);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 18);
    this.consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.deserializer = deserializer;
    this.most = most;
    this.lanes =
        consumer.partitionsFor(topic.name()).stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    // All are assigned for good, and none is fetched but for a sample.
    consumer.assign(lanes);
    consumer.pause(lanes);
    this.seen = consumer.endOffsets(lanes, ASK_LIMIT);
  }

  /** The latest deliveries since the last sample, in equal parts from each lane that has any. */
  Histogram sample() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(lanes, ASK_LIMIT);
    Map<TopicPartition, Long> fresh = new HashMap<>();
    ends.forEach((lane, end) -> fresh.put(lane, end - seen.get(lane)));
    fresh.values().removeIf(count -> count <= 0);
    seen = ends;
    Histogram latencies = LatencyHistogram.growing();
    if (fresh.isEmpty()) {
      return latencies;
    }
    long share = Math.max(1, most / fresh.size());
    fresh.forEach((lane, count) -> consumer.seek(lane, ends.get(lane) - Math.min(share, count)));
    Set<TopicPartition> open = new HashSet<>(fresh.keySet());
    consumer.resume(open);
    long giveUp = System.nanoTime() + LONGEST_SAMPLE.toNanos();
    while (!open.isEmpty() && System.nanoTime() < giveUp) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        measure(record, latencies);
      }
      open.removeIf(lane -> consumer.position(lane) >= ends.get(lane));
    }
    consumer.pause(lanes);
    return latencies;
  }

  private void measure(ConsumerRecord<byte[], byte[]> record, Histogram latencies) {
    Downlink downlink;
    try {
      downlink = deserializer.deserialize(record.topic(), record.value());
    } catch (SerializationException e) {
      return; // the edge that reads the lane reports it
    }
    if (downlink.getBody() instanceof Delivery delivery
        && delivery.getTargets().stream().anyMatch(target -> !target.getDuplicate())) {
      Duration latency = Duration.between(delivery.getMessage().getAcceptedAt(), downlink.getAt());
      latencies.recordValue(LatencyHistogram.micros(latency));
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
