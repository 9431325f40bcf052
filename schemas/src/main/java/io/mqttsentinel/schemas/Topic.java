package io.mqttsentinel.schemas;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serde;

/**
 * One Kafka topic: its name, the types of key and value, how records find their partition and how
 * long they stay.
 */
public record Topic<K, V extends SpecificRecord>(
    String name,
    Serde<K> keySerde,
    Class<V> valueType,
    Placement<K> placement,
    Duration retention,
    Cleanup cleanup) {

  /** After which Kafka has to have removed what a newer record replaces. */
  private static final Duration COMPACTED_WITHIN = Duration.ofDays(1);

  /** Kafka's {@code cleanup.policy}. */
  public enum Cleanup {
    DELETE(TopicConfig.CLEANUP_POLICY_DELETE),
    COMPACT(TopicConfig.CLEANUP_POLICY_COMPACT);

    private final String policy;

    Cleanup(String policy) {
      this.policy = policy;
    }
  }

  /** The partition of {@code key} when the topic has {@code partitions} of them. */
  public int partition(K key, int partitions) {
    return placement.partition(key, partitions);
  }

  /** How many partitions the topic gets in a cluster laid out so. */
  public int partitions(TopicLayout layout) {
    return placement.perLane() ? layout.lanes() : layout.partitions();
  }

  /** Kafka's topic settings in a cluster laid out so. */
  public Map<String, String> settings(TopicLayout layout) {
    Map<String, String> settings = new HashMap<>();
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, cleanup.policy);
    settings.put(
        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(layout.minInSyncReplicas()));
    if (cleanup == Cleanup.COMPACT) {
      settings.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
      // Small topics would fill no segment for a week, and only full ones are compacted.
      settings.put(
          TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, Long.toString(COMPACTED_WITHIN.toMillis()));
    } else {
      settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
    }
    return Map.copyOf(settings);
  }

  Topic<K, V> keptFor(Duration longer) {
    return new Topic<>(name, keySerde, valueType, placement, longer, cleanup);
  }
}
