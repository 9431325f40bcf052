package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.DeliveryReceived;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.mqttsentinel.schemas.PublishReceived;
import io.mqttsentinel.schemas.PublishReleased;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.schemas.SessionSubscribe;
import io.mqttsentinel.schemas.SessionUnsubscribe;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.List;

/** What this edge tells the owner of sessions. */
final class SessionEvents {

  private static final int RECORD_SIZE = 512;

  private final Uplink uplink;
  private final EdgeIdentity identity;
  private final EdgeMetrics metrics;
  private final Clock clock;

  SessionEvents(Uplink uplink, EdgeIdentity identity, EdgeMetrics metrics, Clock clock) {
    this.uplink = uplink;
    this.identity = identity;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** One for each connection, so it needs no room of its own. */
  void open(Connection connection, ConnectRequest request, Uplink.Completion completion) {
    Client client = connection.client();
    Grant grant = connection.grant();
    SessionOpen open =
        new SessionOpen(
            client.version(),
            request.cleanStart(),
            client.sessionExpirySeconds(),
            client.window(),
            client.maximumPacketSize() == Client.ANY_SIZE ? null : client.maximumPacketSize(),
            client.keepAliveSeconds(),
            client.username(),
            grant.superuser(),
            connection.remoteAddress(),
            request.will(),
            grant.permissions(),
            grant.expiresAt(),
            grant.attributes(),
            grant.asked() != null);
    int will = request.will() == null ? 0 : request.will().getPayload().remaining();
    uplink.submit(
        Topics.SESSION_EVENTS,
        client.clientId(),
        event(connection, open),
        RECORD_SIZE + will,
        completion);
  }

  void close(
      Connection connection,
      CloseCause cause,
      int reasonCode,
      @Nullable Long changedExpiry,
      boolean discardWill) {
    SessionClose close = new SessionClose(cause, reasonCode, changedExpiry, discardWill);
    uplink.submit(
        Topics.SESSION_EVENTS,
        connection.client().clientId(),
        event(connection, close),
        RECORD_SIZE,
        failure -> {
          if (failure != null) {
            metrics.lostRecord(Topics.SESSION_EVENTS.name());
          }
        });
  }

  boolean subscribe(
      Connection connection,
      long requestId,
      List<Subscription> subscriptions,
      Uplink.Completion completion) {
    return uplink.offer(
        Topics.SESSION_EVENTS,
        connection.client().clientId(),
        event(connection, new SessionSubscribe(requestId, subscriptions)),
        RECORD_SIZE * (1 + subscriptions.size()),
        completion);
  }

  boolean unsubscribe(
      Connection connection,
      long requestId,
      List<String> topicFilters,
      Uplink.Completion completion) {
    return uplink.offer(
        Topics.SESSION_EVENTS,
        connection.client().clientId(),
        event(connection, new SessionUnsubscribe(requestId, topicFilters)),
        RECORD_SIZE * (1 + topicFilters.size()),
        completion);
  }

  /** Bounded by the Receive Maximum, so it needs no room of its own; so do the next two. */
  void publishReceived(Connection connection, ExactlyOnce publish, Uplink.Completion completion) {
    submit(connection, new PublishReceived(publish), completion);
  }

  void publishReleased(Connection connection, int packetId, Uplink.Completion completion) {
    submit(connection, new PublishReleased(packetId), completion);
  }

  void deliveryReceived(
      Connection connection, List<Long> deliveryIds, Uplink.Completion completion) {
    submit(connection, new DeliveryReceived(deliveryIds), completion);
  }

  private void submit(Connection connection, Object body, Uplink.Completion completion) {
    uplink.submit(
        Topics.SESSION_EVENTS,
        connection.client().clientId(),
        event(connection, body),
        RECORD_SIZE,
        completion);
  }

  private SessionEvent event(Connection connection, Object body) {
    return new SessionEvent(
        identity.region(),
        identity.edge(),
        identity.lane(),
        connection.client().clientId(),
        connection.epoch(),
        clock.instant(),
        body);
  }
}
