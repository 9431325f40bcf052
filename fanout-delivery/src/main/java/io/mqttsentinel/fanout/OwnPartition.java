package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.RoutingKey;
import io.mqttsentinel.schemas.Topics;

/** The partition that a task serves, and which partition serves what else. */
record OwnPartition(int number, int count) {

  int ofClient(String clientId) {
    return Topics.SESSION_EVENTS.partition(clientId, count);
  }

  boolean servesFilter(String topicFilter) {
    return Topics.SUBSCRIPTION_CHANGES.partition(topicFilter, count) == number;
  }

  /**
   * Whether every partition has to know the filter: it has wildcards, and topics that match it lie
   * in several partitions. {@code clients/{client id}/#} has wildcards, but all its topics lie in
   * the partition of that client.
   */
  static boolean isSpread(String topicFilter) {
    if (!hasWildcards(topicFilter)) {
      return false;
    }
    String owner = RoutingKey.owner(topicFilter);
    return owner == null || owner.equals("+") || owner.equals("#");
  }

  static boolean hasWildcards(String topicFilter) {
    return topicFilter.indexOf('+') >= 0 || topicFilter.indexOf('#') >= 0;
  }
}
