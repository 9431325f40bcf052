package io.mqttsentinel.aggregator;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** Where in a topic a {@link Follower} starts to read. */
sealed interface Start {

  /** Puts the consumer at the start of each of its partitions. */
  void seek(Consumer<?, ?> consumer, Collection<TopicPartition> partitions);

  /** The last records of each partition. */
  record Tail(long records) implements Start {

    @Override
    public void seek(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
      Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
      consumer
          .endOffsets(partitions)
          .forEach(
              (partition, end) ->
                  consumer.seek(partition, Math.max(first.get(partition), end - records)));
    }
  }

  /** What was written within a time. */
  record Since(Duration age, Clock clock) implements Start {

    @Override
    public void seek(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
      long from = clock.instant().minus(age).toEpochMilli();
      Map<TopicPartition, Long> times = new HashMap<>();
      partitions.forEach(partition -> times.put(partition, from));
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
      partitions.forEach(
          partition -> {
            OffsetAndTimestamp at = found.get(partition);
            consumer.seek(partition, at == null ? ends.get(partition) : at.offset());
          });
    }
  }
}
