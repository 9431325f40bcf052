package io.mqttsentinel.fanout;

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
  record Request(long epoch, int lane, long requestId) {

    /** Nobody waits for an answer. */
    static Request none() {
      return new Request(0, 0, 0);
    }
  }

  /**
   * Announces what a request changed, by topic filter; null where it is not subscribed any more.
   */
  void send(Session session, Request request, Map<String, Subscription> changes) {
    int parts = changes.keySet().stream().mapToInt(this::partsOf).sum();
    if (parts == 0) {
      answer(session, request, 0);
      return;
    }
    int part = 0;
    for (Map.Entry<String, Subscription> change : changes.entrySet()) {
      send(change(session, request, change.getKey(), change.getValue(), part, parts));
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

  private void send(SubscriptionChange change) {
    String topicFilter = change.getTopicFilter();
    if (!OwnPartition.isSpread(topicFilter) && partition.servesFilter(topicFilter)) {
      router.apply(change);
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
      int parts) {
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
        session.state().getSessionId());
  }
}
