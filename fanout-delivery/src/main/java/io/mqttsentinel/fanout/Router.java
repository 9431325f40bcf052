package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.RouteTarget;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.StoredSubscription;
import io.mqttsentinel.schemas.SubscriptionApplied;
import io.mqttsentinel.schemas.SubscriptionChange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds the sessions that get a message, and hands it to the owners of those sessions. */
final class Router {

  private final OwnPartition partition;
  private final Subscriptions subscriptions;
  private final Deduplication seen;
  private final Deliveries deliveries;
  private final Outbox outbox;
  private final FanoutMetrics metrics;
  private final Clock clock;

  Router(
      OwnPartition partition,
      Subscriptions subscriptions,
      Deduplication seen,
      Deliveries deliveries,
      Outbox outbox,
      FanoutMetrics metrics,
      Clock clock) {
    this.partition = partition;
    this.subscriptions = subscriptions;
    this.seen = seen;
    this.deliveries = deliveries;
    this.outbox = outbox;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Routes a message of messages.cleared. */
  void route(InspectedMessage message, long offset) {
    long start = System.nanoTime();
    Instant now = clock.instant();
    if (seen.isDuplicate(publisher(message), message.getSequence(), offset, now)) {
      metrics.duplicates.increment();
      return;
    }
    if (isExpired(message, now)) {
      metrics.expired.increment();
      return;
    }
    Targets targets = new Targets(message);
    subscriptions.forEach(message.getTopic(), targets::add);
    if (targets.all().isEmpty()) {
      metrics.unrouted.increment();
      return;
    }
    metrics.routed.increment();
    ClientMessage content = content(Envelope.stamp(message, FanoutApplication.SERVICE, now));
    handOn(content, targets.all(), offset);
    metrics.stage.handedOn(
        content.getVerdict(),
        Duration.ofNanos(System.nanoTime() - start),
        message.getAcceptedAt(),
        clock.instant());
  }

  /** Delivers what another partition's router found for sessions of this one. */
  void deliver(RoutedMessage routed, long offset) {
    String router = "router/" + routed.getRouterPartition() + "/" + routed.getPart();
    if (seen.isDuplicate(router, routed.getRouterOffset(), offset, clock.instant())) {
      metrics.duplicates.increment();
      return;
    }
    deliveries.deliver(routed.getMessage(), routed.getTargets(), true, offset);
  }

  /** Adds, replaces or removes a subscription, and says so where somebody waits for it. */
  void apply(SubscriptionChange change) {
    String topicFilter = change.getTopicFilter();
    if (change.getSubscription() == null) {
      subscriptions.remove(topicFilter, change.getClientId());
    } else {
      subscriptions.put(
          topicFilter,
          new StoredSubscription(
              change.getClientId(), change.getSessionId(), change.getSubscription()));
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

  private void handOn(ClientMessage message, Collection<RouteTarget> targets, long offset) {
    List<RouteTarget> own = new ArrayList<>(1);
    Map<Integer, List<RouteTarget>> others = new TreeMap<>();
    for (RouteTarget target : targets) {
      int owner = partition.ofClient(target.getClientId());
      if (owner == partition.number()) {
        own.add(target);
      } else {
        others.computeIfAbsent(owner, p -> new ArrayList<>()).add(target);
      }
    }
    deliveries.deliver(message, own, false, offset);
    others.values().forEach(there -> handOver(message, there, offset));
  }

  private void handOver(ClientMessage message, List<RouteTarget> targets, long offset) {
    int part = 0;
    for (List<RouteTarget> some :
        RecordParts.of(targets, t -> RecordParts.size(t.getClientId(), t.getSubscriptionIds()))) {
      outbox.routed(
          some.getFirst().getClientId(),
          new RoutedMessage(message, some, partition.number(), offset, part));
      part++;
    }
  }

  /** A released message comes out of its order: it is followed by itself. */
  private static String publisher(InspectedMessage message) {
    String connection =
        Long.toString(message.getEpoch(), Character.MAX_RADIX) + "/" + message.getClientId();
    return message.getRelease() == null
        ? connection
        : connection + "/released/" + message.getSequence();
  }

  private static boolean isExpired(InspectedMessage message, Instant now) {
    Long seconds = message.getProperties().getMessageExpirySeconds();
    return seconds != null && !message.getAcceptedAt().plusSeconds(seconds).isAfter(now);
  }

  static ClientMessage content(InspectedMessage message) {
    Action verdict = message.getVerdict() == null ? Action.ALLOW : message.getVerdict().getAction();
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
        verdict,
        message.getStamps());
  }
}
