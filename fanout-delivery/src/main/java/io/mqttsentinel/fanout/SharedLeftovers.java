package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.HandOn;
import io.mqttsentinel.schemas.QueuedMessage;
import io.mqttsentinel.schemas.RouteTarget;
import io.mqttsentinel.schemas.RoutedMessage;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages of shared subscriptions whose member ended before it was done with them: they go back to
 * the router of their topic, which chooses another member (MQTT 5.0, 4.8.2).
 */
final class SharedLeftovers {

  /** Members that all end at once may hand on to each other until the router knows. */
  private static final int MOST_HAND_ONS = 100;

  private static final int REMEMBERED = 10_000;

  /** A session that ended since the task began to work. */
  private record Ended(String clientId, long sessionId) {}

  private final Map<Ended, Window> ended =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Ended, Window> eldest) {
          return size() > REMEMBERED;
        }
      };

  private final Outbox outbox;
  private final FanoutMetrics metrics;
  private final Clock clock;

  SharedLeftovers(Outbox outbox, FanoutMetrics metrics, Clock clock) {
    this.outbox = outbox;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Hands on what a session that ends has in its queue; its window must have been read. */
  void ofEnded(Session session, DeliveryQueue.Messages messages) {
    Instant now = clock.instant();
    Window window = session.window();
    while (messages.hasNext()) {
      DeliveryQueue.Message next = messages.next();
      QueuedMessage content = next.content();
      // With QoS 2 only what the client cannot have seen (MQTT-4.8.2-5).
      boolean wasOut = next.id() <= window.sentUpTo() || window.isRepeated(next.id());
      if (!next.isExpired(now) && (content.getQos() == 1 || !wasOut)) {
        handOn(
            content.getMessage(),
            content.getSharedFilters(),
            session.clientId(),
            session.state().getSessionId(),
            content.getHandedOn());
      }
    }
    ended.put(new Ended(session.clientId(), session.state().getSessionId()), window);
  }

  /**
   * The session ended while the message was on its way. With QoS 2 that may be a message that is
   * read again after a crash, and that the client had: only what is known never to have been in the
   * session's queue goes to another.
   *
   * @param routed whether it came through session.deliveries rather than messages.cleared
   * @param offset in that topic
   */
  void withoutSession(ClientMessage message, RouteTarget target, boolean routed, long offset) {
    Window window = ended.get(new Ended(target.getClientId(), target.getSessionId()));
    withoutSession(message, target, window != null && !window.hasQueued(routed, offset));
  }

  /**
   * As above, where the session is still there but its time is up.
   *
   * @param isNew whether it was never in the session's queue
   */
  void withoutSession(ClientMessage message, RouteTarget target, boolean isNew) {
    metrics.withoutSession.increment();
    if (target.getQos() == 1 || isNew) {
      handOn(
          message,
          target.getSharedFilters(),
          target.getClientId(),
          target.getSessionId(),
          target.getHandedOn());
    }
  }

  private void handOn(
      ClientMessage message,
      List<String> sharedFilters,
      String clientId,
      long sessionId,
      int handedOn) {
    if (handedOn >= MOST_HAND_ONS) {
      return;
    }
    for (String topicFilter : sharedFilters) {
      metrics.handedOn.increment();
      outbox.handOn(
          RoutedMessage.newBuilder()
              .setMessage(message)
              .setHandOn(new HandOn(topicFilter, clientId, sessionId, handedOn + 1))
              .build());
    }
  }
}
