package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryAck;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.QueuedMessage;
import io.mqttsentinel.schemas.RouteTarget;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brings messages to the sessions of a partition: QoS 0 straight to the connection, QoS 1 and 2
 * through the session's queue, of which a window is out at a time.
 */
final class Deliveries {

  private final SessionTable sessions;
  private final DeliveryQueue queue;
  private final Outbox outbox;
  private final FanoutConfig config;
  private final FanoutMetrics metrics;
  private final Clock clock;
  private final Unwritten unwritten;
  private final SharedLeftovers leftovers;

  Deliveries(
      SessionTable sessions,
      DeliveryQueue queue,
      Outbox outbox,
      FanoutConfig config,
      FanoutMetrics metrics,
      Clock clock,
      Unwritten unwritten,
      SharedLeftovers leftovers) {
    this.sessions = sessions;
    this.queue = queue;
    this.outbox = outbox;
    this.config = config;
    this.metrics = metrics;
    this.clock = clock;
    this.unwritten = unwritten;
    this.leftovers = leftovers;
    unwritten.whenWritten(this::sendWritten);
  }

  /**
   * Delivers a message to sessions of this partition.
   *
   * @param routed whether it came through session.deliveries rather than messages.cleared
   * @param offset in that topic
   */
  void deliver(ClientMessage message, List<RouteTarget> targets, boolean routed, long offset) {
    Instant now = clock.instant();
    LaneBatch batch = new LaneBatch();
    for (RouteTarget target : targets) {
      Session session = sessions.get(target.getClientId());
      if (session == null || session.state().getSessionId() != target.getSessionId()) {
        leftovers.withoutSession(message, target, routed, offset);
      } else if (target.getQos() > 0) {
        enqueue(session, message, target, routed, offset, now, batch);
      } else if (session.isConnected()) {
        add(batch, session, target, 0);
      }
    }
    batch.send(message, outbox);
  }

  /** The client or its edge is done with deliveries: there is room for more. */
  void acknowledged(DeliveryAck ack) {
    Session session = sessions.get(ack.getClientId());
    if (session == null || session.state().getEpoch() != ack.getEpoch()) {
      metrics.staleEvents.increment();
      return;
    }
    boolean untouched = session.window() == null;
    Window window = untouched ? read(session) : session.window();
    boolean changed = false;
    for (long id : ack.getDeliveryIds()) {
      int size = queue.remove(session.clientId(), id);
      if (size >= 0) {
        window.removed(id, size);
        if (session.state().getReceived().contains(id)) {
          unwritten.left(session.clientId(), id);
        }
        metrics.finished(ack.getOutcome());
        changed = true;
      }
    }
    if (untouched) {
      repeatInFlight(session, this::sendNow);
    }
    if (sendWaiting(session, this::sendNow) || changed) {
      write(session);
    }
  }

  /**
   * The client said PUBREC: these must not be published to it again, only released. On which of its
   * connections does not matter: a delivery id belongs to one session. Read again after a crash,
   * this may come when the session is known to be at the next connection.
   */
  void received(String clientId, List<Long> ids) {
    Session session = sessions.get(clientId);
    if (session == null) {
      metrics.staleEvents.increment();
      return;
    }
    Set<Long> received = new TreeSet<>(session.state().getReceived());
    for (long id : ids) {
      received.add(id);
      if (!queue.contains(clientId, id)) {
        unwritten.left(clientId, id); // its acknowledgement was read first
      }
    }
    received.removeIf(id -> !queue.contains(clientId, id) && !unwritten.mayComeBack(clientId, id));
    session.state().setReceived(new ArrayList<>(received));
    sessions.put(session);
  }

  /**
   * A connection got the session: everything that was not acknowledged goes out again, in order.
   */
  void connected(Session session) {
    Window window = session.window() == null ? read(session) : session.window();
    window.connectionEnded();
    sendWaiting(session, this::sendNow);
    if (window.queued() > 0) {
      write(session);
    }
  }

  /** The session waits for its next connection. */
  void disconnected(Session session) {
    if (session.window() != null) {
      session.window().connectionEnded();
    }
  }

  /** A new session has an empty queue, even if a crash left something of an earlier one. */
  void begin(Session session) {
    queue.clear(session.clientId());
    session.window(queue.empty(clock.instant()));
  }

  /** The session ended, and with it what was meant for it alone. */
  void end(Session session) {
    if (session.window() == null) {
      read(session);
    }
    try (DeliveryQueue.Messages messages = queue.after(session.clientId(), 0)) {
      leftovers.ofEnded(session, messages);
    }
    queue.clear(session.clientId());
  }

  /**
   * The window of a session. When it is first needed the task may have been started after a crash.
   * What it sent before may not have arrived: it is sent again with the same ids. And what it was
   * about to send may not be noted: it is sent now, since nothing that is out would call for it.
   */
  Window window(Session session) {
    return window(session, this::sendNow);
  }

  private Window window(Session session, Sender to) {
    if (session.window() == null) {
      read(session);
      repeatInFlight(session, to);
      if (sendWaiting(session, to)) {
        write(session);
      }
    }
    return session.window();
  }

  private void enqueue(
      Session session,
      ClientMessage message,
      RouteTarget target,
      boolean routed,
      long offset,
      Instant now,
      LaneBatch batch) {
    if (!session.isConnected() && session.endsBefore(now)) {
      Window queued = session.window() == null ? read(session) : session.window();
      leftovers.withoutSession(message, target, !queued.hasQueued(routed, offset));
      return;
    }
    Window window = window(session);
    if (window.hasQueued(routed, offset)) {
      return;
    }
    if (window.mayRepeatPacketId()) {
      window.keepApartFrom(queue.ids(session.clientId()));
    }
    boolean exactlyOnce = target.getQos() == 2;
    boolean sends =
        !exactlyOnce
            && session.isConnected()
            && window.waiting() == 0
            && window.inFlight() < limit(session);
    byte[] entry =
        queue.bytes(
            QueuedMessage.newBuilder()
                .setMessage(message)
                .setQos(target.getQos())
                .setRetain(target.getRetain())
                .setSubscriptionIds(target.getSubscriptionIds())
                .setSharedFilters(target.getSharedFilters())
                .setHandedOn(target.getHandedOn())
                .setSentEpoch(sends ? session.connection() : 0)
                .setRouted(routed)
                .setOffset(offset)
                .setExpiresAt(expiry(message, now))
                .build());
    long id = window.add(routed, offset, entry.length);
    queue.put(session.clientId(), id, entry);
    metrics.queued.increment();
    if (sends) {
      window.sent(id);
      add(batch, session, target, id);
      return;
    }
    if (exactlyOnce) {
      unwritten.add(session.clientId(), id);
      if (session.isConnected()) {
        unwritten.hurry();
      }
    }
    dropOldest(session, window);
  }

  /**
   * Overflow policy: what is newer is worth more, and what is out cannot be taken back. Nor can a
   * message of QoS 2 that was out before: until it is released its packet id means it to the
   * client.
   */
  private void dropOldest(Session session, Window window) {
    if (fits(window)) {
      return;
    }
    try (DeliveryQueue.Messages waiting = queue.after(session.clientId(), window.waitsAfter())) {
      boolean kept = false;
      while (!fits(window) && waiting.hasNext()) {
        DeliveryQueue.Message oldest = waiting.next();
        if (oldest.content().getQos() == 2 && window.isRepeated(oldest.id())) {
          kept = true;
          continue;
        }
        int size = queue.remove(session.clientId(), oldest.id());
        if (kept) {
          window.removed(oldest.id(), size);
        } else {
          window.dropped(oldest.id(), size);
        }
        metrics.overflow.increment();
      }
    }
  }

  private boolean fits(Window window) {
    return window.queued() <= config.queueMaxMessages() && window.bytes() <= config.queueMaxBytes();
  }

  /** These sessions may get what they wait for; to many of them it may be one message. */
  private void sendWritten(List<String> clients) {
    Outgoing outgoing = new Outgoing();
    for (String clientId : clients) {
      Session session = sessions.get(clientId);
      if (session != null) {
        outgoing.nextSession();
        window(session, outgoing::add);
        if (sendWaiting(session, outgoing::add)) {
          write(session);
        }
      }
    }
    outgoing.send(outbox);
  }

  private interface Sender {
    void send(int lane, ClientMessage message, DeliveryTarget target);
  }

  private void sendNow(int lane, ClientMessage message, DeliveryTarget target) {
    outbox.downlink(lane, new Delivery(message, List.of(target)));
  }

  /** Sends what waits, as far as the window allows; whether it changed anything. */
  private boolean sendWaiting(Session session, Sender to) {
    Window window = session.window();
    int limit = limit(session);
    if (!session.isConnected() || window.waiting() == 0 || window.inFlight() >= limit) {
      return false;
    }
    boolean changed = false;
    Instant now = clock.instant();
    try (DeliveryQueue.Messages waiting = queue.after(session.clientId(), window.waitsAfter())) {
      while (window.inFlight() < limit && waiting.hasNext()) {
        DeliveryQueue.Message next = waiting.next();
        if (unwritten.holds(session.clientId(), next.id())) {
          unwritten.hurry();
          return changed;
        }
        changed = true;
        if (next.isExpired(now) && !window.isRepeated(next.id())) {
          window.dropped(next.id(), queue.remove(session.clientId(), next.id()));
          metrics.expired.increment();
        } else {
          window.sent(next.id());
          send(session, next, to);
        }
      }
    }
    return changed;
  }

  private void repeatInFlight(Session session, Sender to) {
    Window window = session.window();
    if (!session.isConnected() || window.inFlight() == 0) {
      return;
    }
    try (DeliveryQueue.Messages messages = queue.after(session.clientId(), 0)) {
      while (messages.hasNext()) {
        DeliveryQueue.Message next = messages.next();
        if (next.id() > window.sentUpTo()) {
          return;
        }
        metrics.repeated.increment();
        send(session, next, to);
      }
    }
  }

  private void send(Session session, DeliveryQueue.Message next, Sender to) {
    QueuedMessage content = next.content();
    metrics.deliveries.increment();
    to.send(
        session.state().getLane(),
        content.getMessage(),
        new DeliveryTarget(
            session.clientId(),
            session.state().getEpoch(),
            next.id(),
            content.getQos(),
            content.getRetain(),
            session.window().isRepeated(next.id()),
            content.getSubscriptionIds(),
            session.state().getReceived().contains(next.id())));
  }

  private void add(LaneBatch batch, Session session, RouteTarget target, long id) {
    metrics.deliveries.increment();
    batch.add(
        session.state().getLane(),
        new DeliveryTarget(
            session.clientId(),
            session.state().getEpoch(),
            id,
            target.getQos(),
            target.getRetain(),
            false,
            target.getSubscriptionIds(),
            false));
  }

  private Window read(Session session) {
    session.window(queue.window(session.clientId(), session.connection(), clock.instant()));
    return session.window();
  }

  private void write(Session session) {
    queue.put(session.clientId(), session.window().stored(session.connection()));
  }

  private int limit(Session session) {
    return Math.max(1, Math.min(session.state().getReceiveMaximum(), config.window()));
  }

  /** The message's own expiry or the queue's, whichever comes first. */
  private Instant expiry(ClientMessage message, Instant now) {
    Instant latest = now.plus(config.queueMaxAge());
    Long seconds = message.getProperties().getMessageExpirySeconds();
    if (seconds == null) {
      return latest;
    }
    Instant own = message.getAcceptedAt().plusSeconds(seconds);
    return own.isBefore(latest) ? own : latest;
  }
}
