package io.mqttsentinel.aggregator;

import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
    this.seen = consumer.endOffsets(lanes, ASK_LIMIT);
  }

  /** The latest deliveries since the last sample, in equal parts from each lane that has any. */
  Histogram sample() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(lanes, ASK_LIMIT);
    Map<TopicPartition, Long> from = new HashMap<>();
    ends.forEach((lane, end) -> from.merge(lane, end - seen.get(lane), Long::sum));
    from.values().removeIf(fresh -> fresh <= 0);
    seen = ends;
    Histogram latencies = LatencyHistogram.growing();
    if (from.isEmpty()) {
      return latencies;
    }
    long share = Math.max(1, most / from.size());
    consumer.assign(from.keySet());
    from.forEach((lane, fresh) -> consumer.seek(lane, ends.get(lane) - Math.min(share, fresh)));
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    while (!from.isEmpty() && System.nanoTime() < giveUp) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        measure(record, latencies);
      }
      from.keySet().removeIf(lane -> consumer.position(lane) >= ends.get(lane));
    }
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
