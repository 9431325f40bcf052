package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionSubscribe;
import io.mqttsentinel.schemas.SessionUnsubscribe;
import io.mqttsentinel.schemas.SharedFilter;
import io.mqttsentinel.schemas.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What sessions subscribe to: kept in the session, and told to the routers. */
final class SessionSubscriptions {

  private static final int QUOTA_EXCEEDED = 0x97;

  private final SessionTable table;
  private final RouterUpdates routers;
  private final FanoutConfig config;
  private final FanoutMetrics metrics;
  private final FanoutMetrics.Share counts;

  SessionSubscriptions(
      SessionTable table,
      RouterUpdates routers,
      FanoutConfig config,
      FanoutMetrics metrics,
      FanoutMetrics.Share counts) {
    this.table = table;
    this.routers = routers;
    this.config = config;
    this.metrics = metrics;
    this.counts = counts;
  }

  void subscribe(SessionEvent event, SessionSubscribe subscribe, long offset) {
    Map<String, Subscription> wanted = new LinkedHashMap<>();
    subscribe.getSubscriptions().forEach(s -> wanted.put(s.getTopicFilter(), s));
    change(event, subscribe.getRequestId(), wanted, offset);
  }

  void unsubscribe(SessionEvent event, SessionUnsubscribe unsubscribe, long offset) {
    Map<String, Subscription> unwanted = new LinkedHashMap<>();
    unsubscribe.getTopicFilters().forEach(topicFilter -> unwanted.put(topicFilter, null));
    change(event, unsubscribe.getRequestId(), unwanted, offset);
  }

  /** The session ends. */
  void removeAll(Session session) {
    counts.subscriptions(-session.state().getSubscriptions().size());
    Map<String, Subscription> removals = new HashMap<>();
    session.state().getSubscriptions().forEach(s -> removals.put(s.getTopicFilter(), null));
    routers.send(session, RouterUpdates.Request.none(), removals, Map.of());
  }

  /** Shared subscriptions go to members that are connected: the routers have to know. */
  void connectionChanged(Session session) {
    Map<String, Subscription> shared = new LinkedHashMap<>();
    for (Subscription subscription : session.state().getSubscriptions()) {
      if (SharedFilter.isShared(subscription.getTopicFilter())) {
        shared.put(subscription.getTopicFilter(), subscription);
      }
    }
    if (!shared.isEmpty()) {
      routers.send(session, RouterUpdates.Request.none(), shared, shared);
    }
  }

  private void change(
      SessionEvent event, long requestId, Map<String, Subscription> changes, long offset) {
    Session session = table.get(event.getClientId());
    boolean replay = session != null && session.isReplay(offset);
    if (!replay && (session == null || session.isStale(event))) {
      metrics.staleEvents.increment();
      return;
    }
    RouterUpdates.Request request =
        new RouterUpdates.Request(event.getEpoch(), event.getLane(), requestId, offset);
    Map<String, Subscription> before = byFilter(session);
    if (replay) {
      // Retained messages may have been lost: which of the filters were new is not known any more.
      changes.replaceAll((topicFilter, then) -> before.get(topicFilter));
      before.clear();
    } else if (!store(session, changes, offset)) {
      routers.answer(session, request, QUOTA_EXCEEDED);
      return;
    }
    routers.send(session, request, changes, before);
  }

  /**
   * False, and nothing changed, if the session would become too large. Clients subscribe anew to
   * what their session has already: nothing is written then, and read again it is the same.
   */
  private boolean store(Session session, Map<String, Subscription> changes, long offset) {
    Map<String, Subscription> all = byFilter(session);
    if (changes.entrySet().stream()
        .allMatch(c -> Objects.equals(all.get(c.getKey()), c.getValue()))) {
      return true;
    }
    int before = all.size();
    changes.forEach(
        (topicFilter, subscription) -> {
          if (subscription == null) {
            all.remove(topicFilter);
          } else {
            all.put(topicFilter, subscription);
          }
        });
    if (all.size() > before
        && all.keySet().stream().mapToLong(String::length).sum() > config.maxSubscriptionBytes()) {
      return false;
    }
    session.state().setSubscriptions(new ArrayList<>(all.values()));
    session.state().setEventOffset(offset);
    table.put(session);
    counts.subscriptions(all.size() - before);
    return true;
  }

  private static Map<String, Subscription> byFilter(Session session) {
    Map<String, Subscription> all = new LinkedHashMap<>();
    session.state().getSubscriptions().forEach(s -> all.put(s.getTopicFilter(), s));
    return all;
  }
}
