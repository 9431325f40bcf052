package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.PendingWill;
import io.mqttsentinel.schemas.PublishReceived;
import io.mqttsentinel.schemas.PublishReleased;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.SessionRecord;
import io.mqttsentinel.schemas.SessionSubscribe;
import io.mqttsentinel.schemas.SessionUnsubscribe;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The life of the sessions of a partition. The later SessionOpen of a client in the partition wins,
 * whatever its epoch. An event that was applied before (its offset says so) changes nothing, but
 * what it had to say is said again: it may have been lost.
 */
final class Sessions {

  private static final long NEVER = 0xFFFF_FFFFL; // MQTT 5.0, 3.1.2.11.2
  private static final int TAKEN_OVER = 0x8E;
  private static final int EXPIRED_AT_A_TIME = 1_000;

  private final SessionTable table;
  private final Deliveries deliveries;
  private final SessionSubscriptions subscriptions;
  private final InboundPublishes inbound;
  private final Wills wills;
  private final Outbox outbox;
  private final FanoutMetrics metrics;
  private final FanoutMetrics.Share counts;
  private final Clock clock;

  Sessions(
      SessionTable table,
      Deliveries deliveries,
      SessionSubscriptions subscriptions,
      InboundPublishes inbound,
      Wills wills,
      Outbox outbox,
      FanoutMetrics metrics,
      FanoutMetrics.Share counts,
      Clock clock) {
    this.table = table;
    this.deliveries = deliveries;
    this.subscriptions = subscriptions;
    this.inbound = inbound;
    this.wills = wills;
    this.outbox = outbox;
    this.metrics = metrics;
    this.counts = counts;
    this.clock = clock;
    table.forEach(this::found);
  }

  void apply(SessionEvent event, long offset) {
    switch (event.getBody()) {
      case SessionOpen open -> open(event, open, offset);
      case SessionClose close -> close(event, close, offset);
      case SessionSubscribe subscribe -> subscriptions.subscribe(event, subscribe, offset);
      case SessionUnsubscribe unsubscribe -> subscriptions.unsubscribe(event, unsubscribe, offset);
      case PublishReceived received -> inbound.received(event, received.getPublish(), offset);
      case PublishReleased released -> inbound.released(event, released.getPacketId(), offset);
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
          if (session != null) {
            wills.publishDue(session, now, this::endIfOver);
            endIfOver(session);
          }
        });
  }

  /** A session that ended is there until Kafka has its wills. */
  private void endIfOver(Session session) {
    if (!session.isConnected()
        && session.endsBefore(clock.instant())
        && session.state().getWills().isEmpty()) {
      end(session);
    }
  }

  private void open(SessionEvent event, SessionOpen open, long offset) {
    Session known = table.get(event.getClientId());
    if (known != null && offset < known.state().getOpenOffset()) {
      metrics.staleEvents.increment();
      return;
    }
    if (known != null && known.state().getEpoch() == event.getEpoch()) {
      answer(known);
      deliveries.openedAgain(known);
      subscriptions.connectionChanged(known);
      return;
    }
    boolean present = known != null && !open.getCleanStart() && !known.endsBefore(event.getAt());
    SessionRecord loser = known != null && known.isConnected() ? known.state() : null;
    long fencedEpoch = loser == null ? 0 : loser.getEpoch();
    int fencedLane = loser == null ? 0 : loser.getLane();
    List<PendingWill> pending = known == null ? new ArrayList<>() : replace(known, present, event);
    Session session = present ? known : begin(event);
    session.state().setWills(pending);
    connect(session.state(), event, open, offset);
    session.state().setSessionPresent(present);
    session.state().setFencedEpoch(fencedEpoch);
    session.state().setFencedLane(fencedLane);
    table.put(session);
    table.schedule(session.state());
    counts.connected(1);
    metrics.opened.increment();
    answer(session);
    deliveries.connected(session);
    subscriptions.connectionChanged(session);
    publishWills(session, event.getAt());
  }

  /** Another connection comes; returns the wills that are to be published in spite of it. */
  private List<PendingWill> replace(Session known, boolean present, SessionEvent event) {
    SessionRecord state = known.state();
    table.unschedule(known);
    Wills.connectionEnded(state, event.getAt());
    if (present) {
      counts.connected(known.isConnected() ? -1 : 0);
      Wills.resumed(state, event.getAt());
    } else {
      Wills.sessionEnded(state, event.getAt());
      end(known);
    }
    return state.getWills();
  }

  /** Those that are due at once do not wait for a timer, nor for this clock to catch up. */
  private void publishWills(Session session, Instant at) {
    Instant now = clock.instant();
    wills.publishDue(session, at.isAfter(now) ? at : now, this::endIfOver);
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
            List.copyOf(state.getSubscriptions()),
            List.copyOf(state.getInbound())));
  }

  private void close(SessionEvent event, SessionClose close, long offset) {
    Session session = table.get(event.getClientId());
    if (session == null || session.isStale(event) || session.isReplay(offset)) {
      metrics.staleEvents.increment();
      if (session != null && !session.isStale(event)) {
        subscriptions.connectionChanged(session);
      }
      return;
    }
    SessionRecord state = session.state();
    if (close.getSessionExpirySeconds() != null) {
      state.setSessionExpirySeconds(close.getSessionExpirySeconds());
    }
    if (close.getDiscardWill()) {
      state.setWill(null);
    }
    Wills.connectionEnded(state, event.getAt());
    if (state.getSessionExpirySeconds() == 0) {
      Wills.sessionEnded(state, event.getAt());
      if (state.getWills().isEmpty()) {
        end(session);
        return;
      }
    }
    long expiry = state.getSessionExpirySeconds();
    state.setExpiresAt(expiry >= NEVER ? null : event.getAt().plusSeconds(expiry));
    state.setEventOffset(offset);
    counts.connected(state.getConnected() ? -1 : 0);
    state.setConnected(false);
    table.put(session);
    table.schedule(state);
    deliveries.disconnected(session);
    subscriptions.connectionChanged(session);
    publishWills(session, event.getAt());
  }

  private Session begin(SessionEvent event) {
    SessionRecord state = new SessionRecord();
    state.setClientId(event.getClientId());
    state.setSessionId(event.getEpoch());
    state.setSubscriptions(new ArrayList<>());
    state.setInbound(new ArrayList<>());
    state.setReceived(new ArrayList<>());
    state.setWills(new ArrayList<>());
    Session session = new Session(state);
    deliveries.begin(session);
    counts.sessions(1);
    return session;
  }

  private void end(Session session) {
    SessionRecord state = session.state();
    counts.sessions(-1);
    counts.connected(state.getConnected() ? -1 : 0);
    subscriptions.removeAll(session);
    deliveries.end(session);
    table.remove(session);
  }

  /** At the start of the task; a crash may have taken timers away. */
  private void found(SessionRecord state) {
    table.schedule(state);
    counts.sessions(1);
    counts.connected(state.getConnected() ? 1 : 0);
    counts.subscriptions(state.getSubscriptions().size());
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
