package io.mqttsentinel.schemas;

import java.time.Duration;

/**
 * The size of a cluster's topics. {@code partitions} is the same for all topics that are joined,
 * and cannot change once a cluster has state; {@code lanes} is the largest number of edges.
 */
public record TopicLayout(
    int partitions, int lanes, short replicationFactor, Duration clearedRetention) {

  public TopicLayout {
    atLeastOne("partitions", partitions);
    atLeastOne("lanes", lanes);
    atLeastOne("replication-factor", replicationFactor);
    if (clearedRetention.isNegative() || clearedRetention.isZero()) {
      throw new IllegalArgumentException(
          "cleared-retention is %s, expected a positive duration such as 72h"
              .formatted(clearedRetention));
    }
  }

  /** Two of three, or the only one. */
  public int minInSyncReplicas() {
    return replicationFactor >= 3 ? 2 : 1;
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s is %d, expected at least 1".formatted(name, value));
    }
  }
}
