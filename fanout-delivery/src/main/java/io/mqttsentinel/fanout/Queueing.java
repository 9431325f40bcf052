package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.QueuedMessage;
import io.mqttsentinel.schemas.RouteTarget;
import java.time.Instant;

/** Puts messages of QoS 1 and 2 into the queues of sessions, and bounds these queues. */
final class Queueing {

  private final DeliveryQueue queue;
  private final Sending sending;
  private final Unwritten unwritten;
  private final FanoutConfig config;
  private final FanoutMetrics metrics;

  Queueing(
      DeliveryQueue queue,
      Sending sending,
      Unwritten unwritten,
      FanoutConfig config,
      FanoutMetrics metrics) {
    this.queue = queue;
    this.sending = sending;
    this.unwritten = unwritten;
    this.config = config;
    this.metrics = metrics;
  }

  /**
   * Queues a message, unless it is known.
   *
   * @param routed whether it came through session.deliveries rather than messages.cleared
   * @param offset in that topic
   * @param batch takes it where it may go out at once
   */
  void add(
      Session session,
      ClientMessage message,
      RouteTarget target,
      boolean routed,
      long offset,
      Instant now,
      LaneBatch batch) {
    Window window = sending.window(session);
    if (window.hasQueued(routed, offset)) {
      return;
    }
    if (window.mayRepeatPacketId()) {
      window.keepApartFrom(queue.ids(session.clientId()));
    }
    boolean exactlyOnce = target.getQos() == 2;
    boolean sends = !exactlyOnce && sending.hasRoomAtOnce(session);
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
    long id = queue.add(session, routed, offset, entry);
    metrics.queued.increment();
    if (sends) {
      window.sent(id);
      sending.fresh(batch, session, target, id);
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

  /**
   * Overflow policy: what is newer is worth more, and what is out cannot be taken back. Nor can a
   * message of QoS 2 that was out before: until it is released its packet id means it to the
   * client.
   */
  private void dropOldest(Session session, Window window) {
    if (fits(window)) {
      return;
    }
    try (DeliveryQueue.Messages waiting = queue.after(session, window.waitsAfter())) {
      boolean kept = false;
      while (!fits(window) && waiting.hasNext()) {
        DeliveryQueue.Message oldest = waiting.next();
        if (oldest.content().getQos() == 2 && window.isRepeated(oldest.id())) {
          kept = true;
          continue;
        }
        if (kept) {
          queue.remove(session, oldest.id());
        } else {
          queue.drop(session, oldest.id());
        }
        metrics.overflow.increment();
      }
    }
  }

  private boolean fits(Window window) {
    return window.queued() <= config.queueMaxMessages() && window.bytes() <= config.queueMaxBytes();
  }
}
