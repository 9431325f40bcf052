package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.SessionRecord;
import io.mqttsentinel.schemas.SessionSubscribe;
import io.mqttsentinel.schemas.SessionUnsubscribe;
import io.mqttsentinel.schemas.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The life of the sessions of a partition. The later SessionOpen of a client in the partition wins,
 * whatever its epoch. An event that was applied before (its offset says so) changes nothing, but
 * what it had to say is said again: it may have been lost.
 */
final class Sessions {

  private static final long NEVER = 0xFFFF_FFFFL; // MQTT 5.0, 3.1.2.11.2
  private static final int TAKEN_OVER = 0x8E;
  private static final int QUOTA_EXCEEDED = 0x97;
  private static final int EXPIRED_AT_A_TIME = 1_000;

  private final SessionTable table;
  private final Deliveries deliveries;
  private final RouterUpdates routers;
  private final Outbox outbox;
  private final FanoutConfig config;
  private final FanoutMetrics metrics;
  private final FanoutMetrics.Share counts;

  Sessions(
      SessionTable table,
      Deliveries deliveries,
      RouterUpdates routers,
      Outbox outbox,
      FanoutConfig config,
      FanoutMetrics metrics,
      FanoutMetrics.Share counts) {
    this.table = table;
    this.deliveries = deliveries;
    this.routers = routers;
    this.outbox = outbox;
    this.config = config;
    this.metrics = metrics;
    this.counts = counts;
    table.forEach(this::count);
  }

  void apply(SessionEvent event, long offset) {
    switch (event.getBody()) {
      case SessionOpen open -> open(event, open, offset);
      case SessionClose close -> close(event, close, offset);
      case SessionSubscribe subscribe -> subscribe(event, subscribe, offset);
      case SessionUnsubscribe unsubscribe -> unsubscribe(event, unsubscribe, offset);
      default ->
          throw new IllegalArgumentException(
              "session event with a body of " + event.getBody().getClass().getSimpleName());
    }
  }

  /** Ends the sessions whose time is up. */
  void expire(Instant now) {
    table.forEachDue(
        now,
        EXPIRED_AT_A_TIME,
        clientId -> {
          Session session = table.get(clientId);
          if (session != null && !session.isConnected() && session.endsBefore(now)) {
            end(session);
          }
        });
  }

  private void open(SessionEvent event, SessionOpen open, long offset) {
    Session known = table.get(event.getClientId());
    if (known != null && offset < known.state().getOpenOffset()) {
      metrics.staleEvents.increment();
      return;
    }
    if (known != null && known.state().getEpoch() == event.getEpoch()) {
      answer(known);
      deliveries.window(known);
      return;
    }
    boolean present = known != null && !open.getCleanStart() && !known.endsBefore(event.getAt());
    SessionRecord loser = known != null && known.isConnected() ? known.state() : null;
    long fencedEpoch = loser == null ? 0 : loser.getEpoch();
    int fencedLane = loser == null ? 0 : loser.getLane();
    if (known != null && !present) {
      end(known);
    } else if (known != null) {
      table.unschedule(known);
      counts.connected(known.isConnected() ? -1 : 0);
    }
    Session session = present ? known : begin(event);
    connect(session.state(), event, open, offset);
    session.state().setSessionPresent(present);
    session.state().setFencedEpoch(fencedEpoch);
    session.state().setFencedLane(fencedLane);
    table.put(session);
    counts.connected(1);
    metrics.opened.increment();
    answer(session);
    deliveries.connected(session);
  }

  /** First the edge that lost the session, which may be the same one. */
  private void answer(Session session) {
    SessionRecord state = session.state();
    if (state.getFencedEpoch() != 0) {
      metrics.fenced.increment();
      outbox.downlink(
          state.getFencedLane(),
          new SessionFenced(session.clientId(), state.getFencedEpoch(), TAKEN_OVER));
    }
    outbox.downlink(
        state.getLane(),
        new SessionOpened(
            session.clientId(),
            state.getEpoch(),
            state.getSessionPresent(),
            List.copyOf(state.getSubscriptions())));
  }

  private void close(SessionEvent event, SessionClose close, long offset) {
    Session session = table.get(event.getClientId());
    if (isStale(session, event) || isReplay(session, offset)) {
      metrics.staleEvents.increment();
      return;
    }
    SessionRecord state = session.state();
    if (close.getSessionExpirySeconds() != null) {
      state.setSessionExpirySeconds(close.getSessionExpirySeconds());
    }
    if (state.getSessionExpirySeconds() == 0) {
      end(session);
      return;
    }
    if (close.getDiscardWill()) {
      state.setWill(null);
    }
    long expiry = state.getSessionExpirySeconds();
    state.setExpiresAt(expiry >= NEVER ? null : event.getAt().plusSeconds(expiry));
    state.setEventOffset(offset);
    counts.connected(state.getConnected() ? -1 : 0);
    state.setConnected(false);
    table.put(session);
    table.schedule(session);
    deliveries.disconnected(session);
  }

  private void subscribe(SessionEvent event, SessionSubscribe subscribe, long offset) {
    Map<String, Subscription> wanted = new LinkedHashMap<>();
    subscribe.getSubscriptions().forEach(s -> wanted.put(s.getTopicFilter(), s));
    change(event, subscribe.getRequestId(), wanted, offset);
  }

  private void unsubscribe(SessionEvent event, SessionUnsubscribe unsubscribe, long offset) {
    Map<String, Subscription> unwanted = new LinkedHashMap<>();
    unsubscribe.getTopicFilters().forEach(topicFilter -> unwanted.put(topicFilter, null));
    change(event, unsubscribe.getRequestId(), unwanted, offset);
  }

  private void change(
      SessionEvent event, long requestId, Map<String, Subscription> changes, long offset) {
    Session session = table.get(event.getClientId());
    boolean replay = isReplay(session, offset);
    if (!replay && isStale(session, event)) {
      metrics.staleEvents.increment();
      return;
    }
    RouterUpdates.Request request =
        new RouterUpdates.Request(event.getEpoch(), event.getLane(), requestId);
    if (replay) {
      Map<String, Subscription> current = byFilter(session);
      changes.replaceAll((topicFilter, then) -> current.get(topicFilter));
    } else if (!store(session, changes, offset)) {
      routers.answer(session, request, QUOTA_EXCEEDED);
      return;
    }
    routers.send(session, request, changes);
  }

  /** False, and nothing changed, if the session would become too large. */
  private boolean store(Session session, Map<String, Subscription> changes, long offset) {
    Map<String, Subscription> all = byFilter(session);
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

  private Session begin(SessionEvent event) {
    SessionRecord state = new SessionRecord();
    state.setClientId(event.getClientId());
    state.setSessionId(event.getEpoch());
    state.setSubscriptions(new ArrayList<>());
    Session session = new Session(state);
    deliveries.begin(session);
    counts.sessions(1);
    return session;
  }

  private void end(Session session) {
    SessionRecord state = session.state();
    counts.sessions(-1);
    counts.connected(state.getConnected() ? -1 : 0);
    counts.subscriptions(-state.getSubscriptions().size());
    Map<String, Subscription> removals = new HashMap<>();
    state.getSubscriptions().forEach(s -> removals.put(s.getTopicFilter(), null));
    routers.send(session, RouterUpdates.Request.none(), removals);
    deliveries.end(session);
    table.remove(session);
  }

  private void count(SessionRecord state) {
    counts.sessions(1);
    counts.connected(state.getConnected() ? 1 : 0);
    counts.subscriptions(state.getSubscriptions().size());
  }

  private static Map<String, Subscription> byFilter(Session session) {
    Map<String, Subscription> all = new LinkedHashMap<>();
    session.state().getSubscriptions().forEach(s -> all.put(s.getTopicFilter(), s));
    return all;
  }

  private static boolean isReplay(Session session, long offset) {
    return session != null && offset <= session.state().getEventOffset();
  }

  private static boolean isStale(Session session, SessionEvent event) {
    return session == null || session.state().getEpoch() != event.getEpoch();
  }

  private static void connect(
      SessionRecord state, SessionEvent event, SessionOpen open, long offset) {
    state.setEpoch(event.getEpoch());
    state.setOpenOffset(offset);
    state.setEventOffset(offset);
    state.setConnected(true);
    state.setRegion(event.getRegion());
    state.setEdge(event.getEdge());
    state.setLane(event.getLane());
    state.setProtocolVersion(open.getProtocolVersion());
    state.setSessionExpirySeconds(open.getSessionExpirySeconds());
    state.setExpiresAt(null);
    state.setReceiveMaximum(open.getReceiveMaximum());
    state.setMaximumPacketSize(open.getMaximumPacketSize());
    state.setUsername(open.getUsername());
    state.setWill(open.getWill());
  }
}
