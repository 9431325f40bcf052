package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.QueuedMessage;
import io.mqttsentinel.schemas.RouteTarget;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sends what sessions have in their queues to their connections, a window of it at a time, and
 * repeats what may not have arrived.
 */
final class Sending {

  private final DeliveryQueue queue;
  private final Unwritten unwritten;
  private final Outbox outbox;
  private final int most;
  private final FanoutMetrics metrics;
  private final Clock clock;

  /**
   * @param most deliveries that may be out to one connection, whatever its Receive Maximum
   */
  Sending(
      DeliveryQueue queue,
      Unwritten unwritten,
      Outbox outbox,
      int most,
      FanoutMetrics metrics,
      Clock clock) {
    this.queue = queue;
    this.unwritten = unwritten;
    this.outbox = outbox;
    this.most = most;
    this.metrics = metrics;
    this.clock = clock;
  }

  private interface Sender {
    void send(int lane, ClientMessage message, DeliveryTarget target);
  }

  /**
   * The window of a session. When it is first needed the task may have been started after a crash.
   * What it sent before may not have arrived: it is sent again with the same ids. And what it was
   * about to send may not be noted: it is sent now, since nothing that is out would call for it.
   */
  Window window(Session session) {
    return window(session, this::now);
  }

  private Window window(Session session, Sender to) {
    if (session.window() == null) {
      queue.window(session);
      repeatInFlight(session, to);
      if (sendWaiting(session, to)) {
        queue.store(session);
      }
    }
    return session.window();
  }

  /**
   * A connection got the session: everything that was not acknowledged goes out again, in order.
   */
  void connected(Session session) {
    if (session.window() == null && !queue.mayHaveMessages(session)) {
      return; // a fleet that comes back: nothing is read before there is a message
    }
    Window window = queue.window(session);
    window.connectionEnded();
    sendWaiting(session, this::now);
    if (window.queued() > 0) {
      queue.store(session);
    }
  }

  /** Whether a message of QoS 1 that comes now may go out before it was ever in the queue. */
  boolean hasRoomAtOnce(Session session) {
    Window window = session.window();
    return session.isConnected() && window.waiting() == 0 && window.inFlight() < limit(session);
  }

  /** Sends a message that comes now; {@code id} is 0 for QoS 0. */
  void fresh(LaneBatch batch, Session session, RouteTarget target, long id) {
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

  /** There is room for more; whether that changed anything. */
  boolean sendWaiting(Session session) {
    return sendWaiting(session, this::now);
  }

  /** These may get what they wait for; to many of them it may be one message. */
  void sendWaiting(Stream<Session> sessions) {
    Outgoing outgoing = new Outgoing();
    sessions.forEach(
        session -> {
          outgoing.nextSession();
          window(session, outgoing::add);
          if (sendWaiting(session, outgoing::add)) {
            queue.store(session);
          }
        });
    outgoing.send(outbox);
  }

  private boolean sendWaiting(Session session, Sender to) {
    Window window = session.window();
    int limit = limit(session);
    if (!session.isConnected() || window.waiting() == 0 || window.inFlight() >= limit) {
      return false;
    }
    boolean changed = false;
    Instant now = clock.instant();
    try (DeliveryQueue.Messages waiting = queue.after(session, window.waitsAfter())) {
      while (window.inFlight() < limit && waiting.hasNext()) {
        DeliveryQueue.Message next = waiting.next();
        if (unwritten.holds(session.clientId(), next.id())) {
          unwritten.hurry();
          return changed;
        }
        changed = true;
        if (next.isExpired(now) && !window.isRepeated(next.id())) {
          queue.drop(session, next.id());
          metrics.expired.increment();
        } else {
          window.sent(next.id());
          send(session, next, to);
        }
      }
    }
    return changed;
  }

  /** After a start of the task: what is out may not have arrived. */
  void repeatInFlight(Session session) {
    repeatInFlight(session, this::now);
  }

  private void repeatInFlight(Session session, Sender to) {
    Window window = session.window();
    if (!session.isConnected() || window.inFlight() == 0) {
      return;
    }
    try (DeliveryQueue.Messages messages = queue.after(session, 0)) {
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

  private void now(int lane, ClientMessage message, DeliveryTarget target) {
    outbox.downlink(lane, new Delivery(message, List.of(target)));
  }

  private int limit(Session session) {
    return Math.max(1, Math.min(session.state().getReceiveMaximum(), most));
  }
}
