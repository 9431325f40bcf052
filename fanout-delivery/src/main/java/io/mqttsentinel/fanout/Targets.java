package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.RouteTarget;
import io.mqttsentinel.schemas.SharedFilter;
import io.mqttsentinel.schemas.StoredSubscription;
import io.mqttsentinel.schemas.Subscription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sessions that get a message. A client whose subscriptions overlap gets it once, with the
 * highest QoS and the identifiers of all of them (MQTT 5.0, 3.3.4).
 */
final class Targets {

  private final InspectedMessage message;
  private final Map<String, RouteTarget> byClient = new LinkedHashMap<>();
  private Map<String, List<StoredSubscription>> shared = Map.of();

  Targets(InspectedMessage message) {
    this.message = message;
  }

  void add(StoredSubscription stored) {
    String topicFilter = stored.getSubscription().getTopicFilter();
    if (!SharedFilter.isShared(topicFilter)) {
      addTarget(stored);
      return;
    }
    if (shared.isEmpty()) {
      shared = new LinkedHashMap<>();
    }
    shared.computeIfAbsent(topicFilter, f -> new ArrayList<>()).add(stored);
  }

  /** Of each shared subscription that matches, one member. */
  void choose(Shares shares, long offset) {
    shared.forEach(
        (topicFilter, members) ->
            addTarget(shares.next(topicFilter, members, message.getQos(), offset)));
  }

  private void addTarget(StoredSubscription stored) {
    Subscription subscription = stored.getSubscription();
    if (subscription.getNoLocal() && isOwn(stored.getClientId())) {
      return;
    }
    int qos = Math.min(message.getQos(), subscription.getQos());
    boolean retain = message.getRetain() && subscription.getRetainAsPublished();
    RouteTarget target =
        byClient.computeIfAbsent(key(stored), client -> target(stored, qos, retain));
    target.setQos(Math.max(target.getQos(), qos));
    target.setRetain(target.getRetain() || retain);
    if (subscription.getSubscriptionId() != null) {
      target.getSubscriptionIds().add(subscription.getSubscriptionId());
    }
    if (SharedFilter.isShared(subscription.getTopicFilter())) {
      target.getSharedFilters().add(subscription.getTopicFilter());
    }
  }

  /** The member that gets what another one left. */
  static RouteTarget handedOn(StoredSubscription member, ClientMessage message, int handedOn) {
    Subscription subscription = member.getSubscription();
    RouteTarget target =
        target(
            member,
            Math.min(message.getQos(), subscription.getQos()),
            message.getRetain() && subscription.getRetainAsPublished());
    if (subscription.getSubscriptionId() != null) {
      target.getSubscriptionIds().add(subscription.getSubscriptionId());
    }
    target.getSharedFilters().add(subscription.getTopicFilter());
    target.setHandedOn(handedOn);
    return target;
  }

  Collection<RouteTarget> all() {
    return byClient.values();
  }

  /** What the origin publishes carries the client id of the device that it is meant for. */
  private boolean isOwn(String clientId) {
    return message.getSource() != MessageSource.ORIGIN && message.getClientId().equals(clientId);
  }

  /** What is left of a session that ended must not cover the one that followed. */
  private String key(StoredSubscription stored) {
    RouteTarget known = byClient.get(stored.getClientId());
    return known == null || known.getSessionId() == stored.getSessionId()
        ? stored.getClientId()
        : stored.getClientId() + '\0' + stored.getSessionId();
  }

  private static RouteTarget target(StoredSubscription stored, int qos, boolean retain) {
    return new RouteTarget(
        stored.getClientId(),
        qos,
        retain,
        new ArrayList<>(1),
        stored.getSessionId(),
        new ArrayList<>(0),
        0);
  }
}
