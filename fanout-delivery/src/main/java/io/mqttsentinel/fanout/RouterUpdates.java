package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.SharedFilter;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.SubscriptionApplied;
import io.mqttsentinel.schemas.SubscriptionChange;
import java.time.Clock;
import java.util.Map;

/**
 * Tells the routers that serve a topic filter who subscribed to it: one partition, or all of them,
 * and where it is this partition without a way through Kafka.
 */
final class RouterUpdates {

  private static final int ALWAYS = 0;
  private static final int IF_NEW = 1;

  private final OwnPartition partition;
  private final Router router;
  private final Outbox outbox;
  private final String region;
  private final Clock clock;

  RouterUpdates(OwnPartition partition, Router router, Outbox outbox, String region, Clock clock) {
    this.partition = partition;
    this.router = router;
    this.outbox = outbox;
    this.region = region;
    this.clock = clock;
  }

  /** Takes part in one request of an edge. */
  record Request(long epoch, int lane, long requestId, long offset) {

    /** Nobody waits for an answer. */
    static Request none() {
      return new Request(0, 0, 0, -1);
    }
  }

  /**
   * Announces what a request changed, by topic filter; null where it is not subscribed any more.
   *
   * @param before what was subscribed before it
   */
  void send(
      Session session,
      Request request,
      Map<String, Subscription> changes,
      Map<String, Subscription> before) {
    int parts = changes.keySet().stream().mapToInt(this::partsOf).sum();
    if (parts == 0) {
      answer(session, request, 0);
      return;
    }
    int part = 0;
    for (Map.Entry<String, Subscription> change : changes.entrySet()) {
      String topicFilter = change.getKey();
      boolean retained = sendsRetained(change.getValue(), before.containsKey(topicFilter));
      send(
          change(session, request, topicFilter, change.getValue(), part, parts, retained),
          request.offset());
      part += partsOf(change.getKey());
    }
  }

  /** Ends a request of which nothing reached a router. */
  void answer(Session session, Request request, int reasonCode) {
    if (request.requestId() != 0) {
      outbox.downlink(
          request.lane(),
          new SubscriptionApplied(
              session.clientId(), request.epoch(), request.requestId(), 0, 1, reasonCode));
    }
  }

  private int partsOf(String topicFilter) {
    return OwnPartition.isSpread(topicFilter) ? partition.count() : 1;
  }

  /** MQTT 5.0, 3.3.1.3; no retained messages to shared subscriptions (4.8.2). */
  private static boolean sendsRetained(Subscription subscription, boolean existed) {
    return subscription != null
        && !SharedFilter.isShared(subscription.getTopicFilter())
        && (subscription.getRetainHandling() == ALWAYS
            || (subscription.getRetainHandling() == IF_NEW && !existed));
  }

  private void send(SubscriptionChange change, long offset) {
    String topicFilter = change.getTopicFilter();
    if (!OwnPartition.isSpread(topicFilter) && partition.servesFilter(topicFilter)) {
      router.apply(change, offset);
    } else {
      outbox.subscriptionChange(change);
    }
  }

  private SubscriptionChange change(
      Session session,
      Request request,
      String topicFilter,
      Subscription subscription,
      int part,
      int parts,
      boolean sendRetained) {
    return new SubscriptionChange(
        topicFilter,
        session.clientId(),
        subscription,
        request.epoch(),
        region,
        request.lane(),
        request.requestId(),
        part,
        parts,
        clock.instant(),
        session.state().getSessionId(),
        sendRetained,
        session.isConnected());
  }
}
