package io.mqttsentinel.fanout;

import io.mqttsentinel.runtime.StoreSweep;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.RetainedMessage;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** The retained messages of the topics of a partition (MQTT 5.0, 3.3.1.3). */
final class RetainedMessages {

  private static final Duration PASS = Duration.ofMinutes(1);
  private static final int SWEPT_AT_A_TIME = 200;

  private final KeyValueStore<String, RetainedMessage> store;
  private final FanoutMetrics metrics;
  private final StoreSweep<RetainedMessage> sweep;

  RetainedMessages(KeyValueStore<String, RetainedMessage> store, FanoutMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
    this.sweep = new StoreSweep<>(store, PASS);
  }

  /**
   * A message with the retain flag takes the place of the one before, unless a later one already
   * has; one without payload, or that has expired, only takes it away.
   */
  void keep(InspectedMessage message, long offset, Instant now) {
    RetainedMessage known = store.get(message.getTopic());
    if (known != null && known.getOffset() > offset) {
      return;
    }
    Instant expiresAt = expiry(message);
    if (!message.getPayload().hasRemaining() || (expiresAt != null && !expiresAt.isAfter(now))) {
      store.delete(message.getTopic());
      return;
    }
    metrics.retained.increment();
    store.put(message.getTopic(), new RetainedMessage(Router.content(message), offset, expiresAt));
  }

  /** Whether it is still the retained message of its topic. */
  boolean isCurrent(ClientMessage message) {
    RetainedMessage known = store.get(message.getTopic());
    return known != null
        && known.getMessage().getEpoch() == message.getEpoch()
        && known.getMessage().getSequence() == message.getSequence()
        && known.getMessage().getPublisher().equals(message.getPublisher());
  }

  /** The retained message of one topic, or null. */
  RetainedMessage of(String topic) {
    return store.get(topic);
  }

  /** All from this topic on, in order of topics; null for all. */
  KeyValueIterator<String, RetainedMessage> from(String topic) {
    return store.range(topic, null);
  }

  /** Removes expired ones, a slice of the store at a time. */
  void sweep(Instant now) {
    sweep.next(
        now,
        SWEPT_AT_A_TIME,
        (topic, retained) -> {
          if (isExpired(retained, now)) {
            store.delete(topic);
          }
        });
  }

  static boolean isExpired(RetainedMessage retained, Instant now) {
    return retained.getExpiresAt() != null && !retained.getExpiresAt().isAfter(now);
  }

  private static Instant expiry(InspectedMessage message) {
    Long seconds = message.getProperties().getMessageExpirySeconds();
    return seconds == null ? null : message.getAcceptedAt().plusSeconds(seconds);
  }
}
