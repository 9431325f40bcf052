package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.RouteTarget;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Brings messages to the sessions of a partition: QoS 0 straight to the connection, QoS 1 and 2
 * through the session's queue, which begins and ends with the session.
 */
final class Deliveries {

  private final SessionTable sessions;
  private final DeliveryQueue queue;
  private final Queueing queueing;
  private final Sending sending;
  private final SharedLeftovers leftovers;
  private final Outbox outbox;
  private final Clock clock;

  Deliveries(
      SessionTable sessions,
      DeliveryQueue queue,
      Queueing queueing,
      Sending sending,
      SharedLeftovers leftovers,
      Outbox outbox,
      Clock clock) {
    this.sessions = sessions;
    this.queue = queue;
    this.queueing = queueing;
    this.sending = sending;
    this.leftovers = leftovers;
    this.outbox = outbox;
    this.clock = clock;
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
      } else if (target.getQos() == 0) {
        if (session.isConnected()) {
          sending.fresh(batch, session, target, 0);
        }
      } else if (!session.isConnected() && session.endsBefore(now)) {
        boolean isNew = !queue.window(session).hasQueued(routed, offset);
        leftovers.withoutSession(message, target, isNew);
      } else {
        queueing.add(session, message, target, routed, offset, now, batch);
      }
    }
    batch.send(message, outbox);
  }

  /** What these clients have in their queues is safe with Kafka and may go out. */
  void written(List<String> clientIds) {
    sending.sendWaiting(clientIds.stream().map(sessions::get).filter(Objects::nonNull));
  }

  void begin(Session session) {
    queue.begin(session);
  }

  /** A connection got the session. */
  void connected(Session session) {
    sending.connected(session);
  }

  /** Its SessionOpen was read again: what the connection was sent may be lost. */
  void openedAgain(Session session) {
    sending.window(session);
  }

  /** The session waits for its next connection. */
  void disconnected(Session session) {
    if (session.window() != null) {
      session.window().connectionEnded();
    }
  }

  /** The session ended, and with it what was meant for it alone. */
  void end(Session session) {
    queue.window(session);
    try (DeliveryQueue.Messages messages = queue.after(session, 0)) {
      leftovers.ofEnded(session, messages);
    }
    queue.end(session);
  }
}
