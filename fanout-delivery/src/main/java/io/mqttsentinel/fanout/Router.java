package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.RouteTarget;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.StoredSubscription;
import io.mqttsentinel.schemas.SubscriptionApplied;
import io.mqttsentinel.schemas.SubscriptionChange;
import io.mqttsentinel.schemas.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Finds the sessions that get a message, and hands it to the owners of those sessions. */
final class Router {

  private final OwnPartition partition;
  private final Subscriptions subscriptions;
  private final Deduplication seen;
  private final RetainedMessages retained;
  private final RetainedScans scans;
  private final Deliveries deliveries;
  private final Outbox outbox;
  private final FanoutMetrics metrics;
  private final Clock clock;
  private final Owners owners;
  private final Shares shares = new Shares();
  private final SharedHandOns shared;
  private long routedUpTo = -1;

  Router(
      OwnPartition partition,
      Subscriptions subscriptions,
      Deduplication seen,
      RetainedMessages retained,
      RetainedScans scans,
      Deliveries deliveries,
      Outbox outbox,
      FanoutMetrics metrics,
      Clock clock) {
    this.partition = partition;
    this.subscriptions = subscriptions;
    this.seen = seen;
    this.retained = retained;
    this.scans = scans;
    this.deliveries = deliveries;
    this.outbox = outbox;
    this.metrics = metrics;
    this.clock = clock;
    this.owners = new Owners(partition, deliveries, outbox);
    this.shared =
        new SharedHandOns(subscriptions, shares, seen, owners, deliveries, metrics, clock);
  }

  /** Routes a message of messages.cleared. */
  void route(InspectedMessage message, long offset) {
    long start = System.nanoTime();
    Instant now = clock.instant();
    routedUpTo = offset;
    if (isDuplicate(message, offset, now)) {
      metrics.duplicates.increment();
      return;
    }
    if (message.getRetain()) {
      retained.keep(message, offset, now);
    }
    if (isExpired(message, now)) {
      metrics.expired.increment();
      return;
    }
    Targets targets = new Targets(message);
    subscriptions.forEach(message.getTopic(), targets::add);
    targets.choose(shares, offset);
    if (targets.all().isEmpty()) {
      metrics.unrouted.increment();
      return;
    }
    metrics.routed.increment();
    ClientMessage content = content(Envelope.stamp(message, FanoutApplication.SERVICE, now));
    owners.deliver(content, targets.all(), offset);
    metrics.stage.handedOn(
        content.getVerdict(),
        Duration.ofNanos(System.nanoTime() - start),
        message.getAcceptedAt(),
        clock.instant());
  }

  /** Delivers what another partition's router found for sessions of this one. */
  void deliver(RoutedMessage routed, long offset) {
    if (routed.getHandOn() != null) {
      shared.handOn(routed.getMessage(), routed.getHandOn(), offset);
      return;
    }
    if (routed.getRetained()) {
      deliverRetained(routed, offset);
      return;
    }
    if (routed.getTargets().getFirst().getHandedOn() > 0) {
      shared.deliver(routed, offset);
      return;
    }
    String router = "router/" + routed.getRouterPartition() + "/" + routed.getPart();
    if (seen.isDuplicate(router, routed.getRouterOffset(), offset, clock.instant())) {
      metrics.duplicates.increment();
      return;
    }
    deliveries.deliver(routed.getMessage(), routed.getTargets(), true, offset);
  }

  /**
   * Delivers a retained message to one session that subscribed. A live message of this partition
   * takes no way through Kafka: where one took the place of the retained message meanwhile, the
   * session has it already.
   */
  private void deliverRetained(RoutedMessage routed, long offset) {
    boolean own = routed.getRouterPartition() == partition.number();
    if (own && !retained.isCurrent(routed.getMessage())) {
      return;
    }
    RouteTarget target = routed.getTargets().getFirst();
    if (target.getQos() == 2) {
      String subscription = routed.getRouterPartition() + "/" + routed.getPart();
      String delivery =
          "retained/"
              + subscription
              + "/"
              + target.getClientId()
              + "/"
              + routed.getMessage().getTopic();
      if (seen.isDuplicate(delivery, routed.getRouterOffset(), offset, clock.instant())) {
        metrics.duplicates.increment();
        return;
      }
    }
    deliveries.deliver(routed.getMessage(), routed.getTargets(), true, offset);
  }

  /** Adds, replaces or removes a subscription, and says so where somebody waits for it. */
  void apply(SubscriptionChange change, long offset) {
    String topicFilter = change.getTopicFilter();
    if (change.getSubscription() == null) {
      subscriptions.remove(topicFilter, change.getClientId());
    } else {
      subscriptions.put(
          topicFilter,
          new StoredSubscription(
              change.getClientId(),
              change.getSessionId(),
              change.getSubscription(),
              change.getConnected()));
    }
    if (change.getSubscription() != null && change.getSendRetained()) {
      scans.begin(change, offset, routedUpTo < 0 ? Long.MAX_VALUE : routedUpTo);
    }
    if (change.getRequestId() == 0) {
      return;
    }
    int own = OwnPartition.isSpread(topicFilter) ? partition.number() : 0;
    outbox.downlink(
        change.getLane(),
        new SubscriptionApplied(
            change.getClientId(),
            change.getEpoch(),
            change.getRequestId(),
            change.getPart() + own,
            change.getParts(),
            0));
  }

  private boolean isDuplicate(InspectedMessage message, long offset, Instant now) {
    String suffix = suffix(message);
    String connection = Long.toString(message.getEpoch(), Character.MAX_RADIX) + "/";
    String publisher = message.getClientId() + suffix;
    if (seen.isDuplicate(connection + publisher, message.getSequence(), offset, now)) {
      return true;
    }
    ExactlyOnce publish = message.getExactlyOnce();
    return publish != null && seen.isDuplicate(publisher, publish, offset, now);
  }

  /**
   * What comes out of the order of its connection is followed by itself: a released message, and a
   * will, which may overtake what the connection said last.
   */
  private static String suffix(InspectedMessage message) {
    if (message.getSource() == MessageSource.WILL) {
      return "/will";
    }
    return message.getRelease() == null ? "" : "/released/" + message.getSequence();
  }

  private static boolean isExpired(InspectedMessage message, Instant now) {
    Long seconds = message.getProperties().getMessageExpirySeconds();
    return seconds != null && !message.getAcceptedAt().plusSeconds(seconds).isAfter(now);
  }

  /** Nothing is delivered that nobody let go. */
  static boolean isCleared(InspectedMessage message) {
    Verdict verdict = message.getVerdict();
    return verdict != null
        && (verdict.getAction() == Action.ALLOW || verdict.getAction() == Action.FLAG);
  }

  static ClientMessage content(InspectedMessage message) {
    return new ClientMessage(
        message.getEpoch(),
        message.getSequence(),
        message.getClientId(),
        message.getTopic(),
        message.getPayload(),
        message.getQos(),
        message.getRetain(),
        message.getProperties(),
        message.getAcceptedAt(),
        message.getVerdict().getAction(),
        message.getStamps());
  }
}
