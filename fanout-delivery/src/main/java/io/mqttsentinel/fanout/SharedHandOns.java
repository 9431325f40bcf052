package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.HandOn;
import io.mqttsentinel.schemas.RouteTarget;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.StoredSubscription;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Gives what a member of a shared subscription left when it ended to another one. */
final class SharedHandOns {

  private final Subscriptions subscriptions;
  private final Shares shares;
  private final Deduplication seen;
  private final Owners owners;
  private final Deliveries deliveries;
  private final FanoutMetrics metrics;
  private final Clock clock;

  SharedHandOns(
      Subscriptions subscriptions,
      Shares shares,
      Deduplication seen,
      Owners owners,
      Deliveries deliveries,
      FanoutMetrics metrics,
      Clock clock) {
    this.subscriptions = subscriptions;
    this.shares = shares;
    this.seen = seen;
    this.owners = owners;
    this.deliveries = deliveries;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * Finds another member of a shared subscription for what a session left when it ended (MQTT 5.0,
   * 4.8.2). Without one the message ends as it does where nobody subscribes.
   */
  void handOn(ClientMessage message, HandOn left, long offset) {
    if (isRepeatedHandOn(left.getTopicFilter(), left.getHandedOn(), message, offset)) {
      return;
    }
    List<StoredSubscription> members = new ArrayList<>();
    subscriptions.forEach(
        message.getTopic(),
        stored -> {
          if (stored.getSubscription().getTopicFilter().equals(left.getTopicFilter())
              && !isWhoLeft(stored, left)) {
            members.add(stored);
          }
        });
    if (members.isEmpty()) {
      metrics.unrouted.increment();
      return;
    }
    StoredSubscription next = shares.next(left.getTopicFilter(), members, message.getQos(), offset);
    RouteTarget target = Targets.handedOn(next, message, left.getHandedOn());
    owners.deliverAgain(message, target, offset);
  }

  /** Its removal may be on its way here. */
  private static boolean isWhoLeft(StoredSubscription stored, HandOn left) {
    return stored.getClientId().equals(left.getClientId())
        && stored.getSessionId() == left.getSessionId();
  }

  /** Delivers to a session of this partition what another router handed on to it. */
  void deliver(RoutedMessage routed, long offset) {
    RouteTarget target = routed.getTargets().getFirst();
    String shared = target.getSharedFilters().getFirst() + '/' + target.getClientId();
    if (!isRepeatedHandOn(shared, target.getHandedOn(), routed.getMessage(), offset)) {
      deliveries.deliver(routed.getMessage(), routed.getTargets(), true, offset);
    }
  }

  /**
   * Sessions that end hand on messages in no order that a sequence could follow: each for itself.
   */
  private boolean isRepeatedHandOn(
      String shared, int handedOn, ClientMessage message, long offset) {
    String key =
        String.join(
            "/",
            "shared",
            Integer.toString(handedOn),
            Long.toString(message.getEpoch(), Character.MAX_RADIX),
            Long.toString(message.getSequence(), Character.MAX_RADIX),
            message.getPublisher(),
            message.getTopic(),
            shared);
    if (seen.isDuplicate(key, 0, offset, clock.instant())) {
      metrics.duplicates.increment();
      return true;
    }
    return false;
  }
}
