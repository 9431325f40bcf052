package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.SharedFilter;
import io.mqttsentinel.schemas.StoredSubscription;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Who gets what is published to a topic, as far as this partition serves it. A topic filter without
 * wildcards is found by one range of the store; those with wildcards are in memory, too.
 */
final class Subscriptions {

  /** Not allowed in topic filters (MQTT-4.7.3-2) nor in client ids (MQTT-1.5.4-2). */
  private static final char SEPARATOR = '\0';

  private static final StringSerializer STRINGS = new StringSerializer();

  private final KeyValueStore<String, StoredSubscription> exact;
  private final KeyValueStore<String, StoredSubscription> wildcard;
  private final FilterTrie<StoredSubscription> trie = new FilterTrie<>();

  Subscriptions(
      KeyValueStore<String, StoredSubscription> exact,
      KeyValueStore<String, StoredSubscription> wildcard) {
    this.exact = exact;
    this.wildcard = wildcard;
    try (KeyValueIterator<String, StoredSubscription> all = wildcard.all()) {
      while (all.hasNext()) {
        KeyValue<String, StoredSubscription> entry = all.next();
        String topicFilter = entry.key.substring(0, entry.key.indexOf(SEPARATOR));
        inTrie(topicFilter, entry.value);
      }
    }
  }

  /** Clients subscribe anew to what they have: what is there already is not written again. */
  void put(String topicFilter, StoredSubscription subscription) {
    String clientId = subscription.getClientId();
    if (subscription.equals(find(topicFilter, clientId))) {
      return;
    }
    if (OwnPartition.hasWildcards(topicFilter)) {
      wildcard.put(key(topicFilter, clientId), subscription);
      inTrie(topicFilter, subscription);
    } else {
      exact.put(exactKey(topicFilter, clientId), subscription);
    }
  }

  void remove(String topicFilter, String clientId) {
    if (OwnPartition.hasWildcards(topicFilter)) {
      wildcard.put(key(topicFilter, clientId), null);
      trie.remove(SharedFilter.matching(topicFilter), member(topicFilter, clientId));
    } else {
      exact.put(exactKey(topicFilter, clientId), null);
    }
  }

  /** Whether this session has the subscription. */
  boolean has(String topicFilter, String clientId, long sessionId) {
    StoredSubscription stored = find(topicFilter, clientId);
    return stored != null && stored.getSessionId() == sessionId;
  }

  private StoredSubscription find(String topicFilter, String clientId) {
    return OwnPartition.hasWildcards(topicFilter)
        ? wildcard.get(key(topicFilter, clientId))
        : exact.get(exactKey(topicFilter, clientId));
  }

  /** Calls for each subscription that matches; twice for a client with two such filters. */
  void forEach(String topic, Consumer<StoredSubscription> each) {
    try (KeyValueIterator<String, StoredSubscription> found =
        exact.prefixScan(topic + SEPARATOR, STRINGS)) {
      while (found.hasNext()) {
        each.accept(found.next().value);
      }
    }
    trie.match(topic, each);
  }

  private void inTrie(String topicFilter, StoredSubscription subscription) {
    trie.put(
        SharedFilter.matching(topicFilter),
        member(topicFilter, subscription.getClientId()),
        subscription);
  }

  /** A shared subscription is found by the filter inside it. */
  private static String exactKey(String topicFilter, String clientId) {
    return key(SharedFilter.matching(topicFilter), member(topicFilter, clientId));
  }

  /** A client may be in several groups, and subscribe alone, with the same filter. */
  private static String member(String topicFilter, String clientId) {
    return SharedFilter.isShared(topicFilter)
        ? SEPARATOR + SharedFilter.of(topicFilter).group() + SEPARATOR + clientId
        : clientId;
  }

  private static String key(String topicFilter, String clientId) {
    return topicFilter + SEPARATOR + clientId;
  }
}
