package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.DeliveryState.Waiting;
import io.mqttsentinel.edge.DeliveryWindow.Stage;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.DeliveryOutcome;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * From the downlink to the client; {@link DeliveryAckFlow} is the way back. A client that does not
 * read costs its window: QoS 0 is dropped, the others wait.
 */
final class DeliveryFlow {

  private final DeliveryReports reports;
  private final EdgeMetrics metrics;
  private final Clock clock;
  private final CloseFlow closing;

  DeliveryFlow(DeliveryReports reports, EdgeMetrics metrics, Clock clock, CloseFlow closing) {
    this.reports = reports;
    this.metrics = metrics;
    this.clock = clock;
    this.closing = closing;
  }

  void deliver(Connection connection, ClientMessage message, DeliveryTarget target) {
    if (connection.isOver()) {
      return; // the owner sends it again to the next connection
    }
    if (target.getQos() == 0) {
      deliverAtMostOnce(connection, message, target);
      return;
    }
    DeliveryState state = connection.deliveries();
    if (!state.takeOn(target.getDeliveryId())) {
      repeated(connection, target.getDeliveryId());
    } else if (hasRoom(connection, state) && state.waiting().isEmpty()) {
      deliverReliably(connection, message, target);
    } else if (state.waiting().size() < connection.client().window()) {
      state.waiting().add(new Waiting(message, target));
    } else {
      closing.close(connection, Closure.DELIVERY_OVERFLOW); // its owner does not keep the window
    }
  }

  /** The owner came back from a crash, and does not know what it had sent and heard since. */
  private void repeated(Connection connection, long deliveryId) {
    metrics.repeated();
    if (!connection.deliveries().isUnfinished(deliveryId)) {
      reports.again(connection, deliveryId);
    }
  }

  /** The client may have room again. */
  void resume(Connection connection) {
    if (!connection.hasDeliveries() || connection.isOver()) {
      return;
    }
    DeliveryState state = connection.deliveries();
    while (!state.waiting().isEmpty() && hasRoom(connection, state) && !connection.isOver()) {
      Waiting next = state.waiting().remove();
      deliverReliably(connection, next.message(), next.target());
    }
  }

  private static boolean hasRoom(Connection connection, DeliveryState state) {
    // Nothing overtakes CONNACK.
    return connection.state() == Connection.State.CONNECTED
        && connection.isWritable()
        && !state.window().isFull();
  }

  private void deliverAtMostOnce(
      Connection connection, ClientMessage message, DeliveryTarget target) {
    if (!connection.isWritable() || connection.state() != Connection.State.CONNECTED) {
      metrics.droppedForSlowReader();
      return;
    }
    Long expiry = secondsLeft(message);
    if (expiry != null && expiry <= 0) {
      metrics.expired();
      return;
    }
    Outgoing outgoing =
        Outgoing.of(connection, message, target.getQos(), expiry, target.getSubscriptionIds());
    if (outgoing == null) {
      metrics.tooLarge();
    } else {
      write(connection, message, target, 0, outgoing);
    }
  }

  private void deliverReliably(
      Connection connection, ClientMessage message, DeliveryTarget target) {
    DeliveryWindow window = connection.deliveries().window();
    long deliveryId = target.getDeliveryId();
    if (window.isTaken(deliveryId)) {
      closing.close(connection, Closure.DELIVERY_OVERFLOW); // its owner gave two one packet id
      return;
    }
    if (target.getReceived()) {
      DeliveryWindow.Out out = window.send(deliveryId, Stage.PUBCOMP);
      connection.write(Packets.pubrel(out.packetId(), ReasonCode.SUCCESS));
      return;
    }
    Long expiry = secondsLeft(message);
    // What was begun is finished: the client may have it already (MQTT 5.0, 3.3.2.3.3, 4.4).
    if (expiry != null && expiry <= 0 && !target.getDuplicate()) {
      metrics.expired();
      reports.gaveUp(connection, deliveryId, DeliveryOutcome.EXPIRED, 0);
      return;
    }
    Long left = expiry == null ? null : Long.valueOf(Math.max(0, expiry));
    Outgoing outgoing =
        Outgoing.of(connection, message, target.getQos(), left, target.getSubscriptionIds());
    if (outgoing == null) {
      metrics.tooLarge();
      reports.gaveUp(connection, deliveryId, DeliveryOutcome.TOO_LARGE, 0);
      return;
    }
    Stage stage = target.getQos() == 1 ? Stage.PUBACK : Stage.PUBREC;
    write(connection, message, target, window.send(deliveryId, stage).packetId(), outgoing);
  }

  private void write(
      Connection connection,
      ClientMessage message,
      DeliveryTarget target,
      int packetId,
      Outgoing outgoing) {
    MqttPublishMessage packet =
        Packets.publish(
            outgoing.topic(),
            packetId,
            target.getQos(),
            target.getRetain(),
            target.getQos() > 0 && target.getDuplicate(),
            outgoing.properties(),
            message.getPayload().duplicate());
    Instant acceptedAt = message.getAcceptedAt();
    var _ =
        connection
            .writeAndTell(packet)
            .addListener(
                written -> {
                  if (written.isSuccess()) {
                    metrics.delivered(Duration.between(acceptedAt, clock.instant()));
                  }
                });
  }

  /** Of the message expiry interval; null where there is none (MQTT 5.0, 3.3.2.3.3). */
  @Nullable
  private Long secondsLeft(ClientMessage message) {
    Long expiry = message.getProperties().getMessageExpirySeconds();
    return expiry == null
        ? null
        : expiry - Duration.between(message.getAcceptedAt(), clock.instant()).toSeconds();
  }

  /** A connection ended: what waited is its owner's again. */
  void ended(Connection connection) {
    if (connection.hasDeliveries()) {
      reports.flush(connection); // what a client acknowledged before it went counts
      connection.deliveries().waiting().clear();
    }
  }
}
