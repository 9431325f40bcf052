package io.mqttsentinel.schemas;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * How a key finds its partition. All three agree with each other where it matters: a client id and
 * the topics of its own tree ({@code clients/{client id}/…}) have the same partition number, so
 * that one task owns the session and routes what is addressed to it.
 */
public interface Placement<K> {

  int partition(K key, int partitions);

  /** One partition for each lane instead of the cluster's usual number. */
  default boolean perLane() {
    return false;
  }

  /** By the key's UTF-8 bytes, as Kafka's default partitioner does. */
  static Placement<String> byKey() {
    return Placement::hash;
  }

  /** By what a topic is about: see {@link RoutingKey}. */
  static Placement<String> byRoutingKey() {
    return (topic, partitions) -> hash(RoutingKey.of(topic), partitions);
  }

  /** The key is the partition. */
  static Placement<Integer> byLane() {
    return new Placement<>() {
      @Override
      public int partition(Integer lane, int lanes) {
        if (lane < 0 || lane >= lanes) {
          throw new IllegalArgumentException(
              "lane %d does not exist: the downlink has lanes 0 to %d (sentinel.kafka.lanes)"
                  .formatted(lane, lanes - 1));
        }
        return lane;
      }

      @Override
      public boolean perLane() {
        return true;
      }
    };
  }

  private static int hash(String key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
  }
}
