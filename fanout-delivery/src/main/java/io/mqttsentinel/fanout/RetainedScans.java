package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.RetainedMessage;
import io.mqttsentinel.schemas.RouteTarget;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.SubscriptionChange;
import io.mqttsentinel.schemas.TopicFilter;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Sends retained messages to those who just subscribed. A filter with wildcards walks through the
 * topics that begin as it does up to its first wildcard, in slices, so that no other message waits
 * longer than a slice takes. A walk that is not at its end is in a store, and begins again where
 * the task does.
 *
 * <p>They go to the owner of the session through session.deliveries, like live messages of another
 * partition and so in one order with them.
 */
final class RetainedScans {

  private static final int SLICE = 256;
  private static final int SLICE_BYTES = 1 << 20;

  private final OwnPartition partition;
  private final RetainedMessages retained;
  private final KeyValueStore<String, SubscriptionChange> unfinished;
  private final Subscriptions subscriptions;
  private final Outbox outbox;
  private final FanoutMetrics metrics;
  private final Clock clock;
  private final Runnable wake;
  private final Deque<Scan> scans = new ArrayDeque<>();

  RetainedScans(
      OwnPartition partition,
      RetainedMessages retained,
      KeyValueStore<String, SubscriptionChange> unfinished,
      Subscriptions subscriptions,
      Outbox outbox,
      FanoutMetrics metrics,
      Clock clock,
      Runnable wake) {
    this.partition = partition;
    this.retained = retained;
    this.unfinished = unfinished;
    this.subscriptions = subscriptions;
    this.outbox = outbox;
    this.metrics = metrics;
    this.clock = clock;
    this.wake = wake;
    try (KeyValueIterator<String, SubscriptionChange> left = unfinished.all()) {
      left.forEachRemaining(
          entry -> add(new Scan(entry.key, entry.value, offset(entry.key), Long.MAX_VALUE)));
    }
  }

  /**
   * Sends the first slice.
   *
   * @param offset of the change, which tells a repeated one
   * @param routedUpTo offset of the last message that was routed; what comes later reaches the
   *     subscriber by itself
   */
  void begin(SubscriptionChange change, long offset, long routedUpTo) {
    if (!OwnPartition.hasWildcards(change.getTopicFilter())) {
      RetainedMessage only = retained.of(change.getTopicFilter());
      if (only != null) {
        new Scan("", change, offset, routedUpTo).offer(only);
      }
      return;
    }
    String key =
        HexFormat.of().toHexDigits(offset) + change.getClientId() + '\0' + change.getTopicFilter();
    Scan scan = new Scan(key, change, offset, routedUpTo);
    scan.offerParent();
    if (!scan.slice()) {
      unfinished.put(key, change);
      add(scan);
    }
  }

  /** Sends the next slice of the scan whose turn it is; whether there are more. */
  boolean next() {
    Scan scan = scans.poll();
    if (scan != null) {
      if (!scan.isWanted() || scan.slice()) {
        unfinished.delete(scan.key);
      } else {
        scans.add(scan);
      }
    }
    return !scans.isEmpty();
  }

  private void add(Scan scan) {
    scans.add(scan);
    wake.run();
  }

  private static long offset(String key) {
    return HexFormat.fromHexDigitsToLong(key, 0, 2 * Long.BYTES);
  }

  private final class Scan {
    private final String key;
    private final SubscriptionChange change;
    private final long offset;
    private final long routedUpTo;
    private final TopicFilter filter;
    private final String prefix;
    private String from;

    Scan(String key, SubscriptionChange change, long offset, long routedUpTo) {
      this.key = key;
      this.change = change;
      this.offset = offset;
      this.routedUpTo = routedUpTo;
      this.filter = TopicFilter.of(change.getTopicFilter());
      this.prefix = literalPrefix(change.getTopicFilter());
      this.from = prefix.isEmpty() ? null : prefix;
    }

    /** {@code a/#} matches {@code a}, which does not begin with {@code a/}. */
    void offerParent() {
      if (prefix.endsWith("/")) {
        RetainedMessage parent = retained.of(prefix.substring(0, prefix.length() - 1));
        if (parent != null) {
          offer(parent);
        }
      }
    }

    boolean isWanted() {
      return subscriptions.has(
          change.getTopicFilter(), change.getClientId(), change.getSessionId());
    }

    /** Whether it is at its end. */
    boolean slice() {
      int bytes = 0;
      try (KeyValueIterator<String, RetainedMessage> topics = retained.from(from)) {
        for (int i = 0; topics.hasNext(); i++) {
          String topic = topics.peekNextKey();
          if (!topic.startsWith(prefix)) {
            return true;
          }
          if (i == SLICE || bytes > SLICE_BYTES) {
            from = topic;
            return false;
          }
          bytes += offer(topics.next().value);
        }
      }
      return true;
    }

    /** Sends it if it matches; returns the size of what was sent. */
    int offer(RetainedMessage candidate) {
      ClientMessage message = candidate.getMessage();
      Subscription subscription = change.getSubscription();
      if (candidate.getOffset() > routedUpTo
          || RetainedMessages.isExpired(candidate, clock.instant())
          || !filter.matches(message.getTopic())
          || (subscription.getNoLocal() && message.getPublisher().equals(change.getClientId()))) {
        return 0;
      }
      metrics.retainedSent.increment();
      outbox.routed(
          change.getClientId(),
          new RoutedMessage(
              message,
              List.of(target(message, subscription)),
              partition.number(),
              offset,
              change.getTopicFilter().hashCode(),
              true,
              null));
      return message.getPayload().remaining();
    }

    private RouteTarget target(ClientMessage message, Subscription subscription) {
      Integer id = subscription.getSubscriptionId();
      return new RouteTarget(
          change.getClientId(),
          Math.min(message.getQos(), subscription.getQos()),
          true,
          id == null ? List.of() : List.of(id),
          change.getSessionId(),
          List.of(),
          0);
    }
  }

  private static String literalPrefix(String topicFilter) {
    int end = 0;
    while (end < topicFilter.length()
        && topicFilter.charAt(end) != '+'
        && topicFilter.charAt(end) != '#') {
      end++;
    }
    return topicFilter.substring(0, end);
  }
}
