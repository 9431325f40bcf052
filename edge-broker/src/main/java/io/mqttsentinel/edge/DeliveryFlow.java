package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.DeliveryState.Waiting;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.DeliveryAck;
import io.mqttsentinel.schemas.DeliveryOutcome;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.Topics;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * From the downlink to the client and its acknowledgement back. A client that does not read costs
 * its window: QoS 0 is dropped, QoS 1 waits.
 */
final class DeliveryFlow {

  private static final int RECORD_SIZE = 256;
  private static final int FIRST_FAILURE = 0x80;

  private final Uplink uplink;
  private final EdgeIdentity identity;
  private final EdgeMetrics metrics;
  private final Duration ackLinger;
  private final Clock clock;
  private final CloseFlow closing;

  DeliveryFlow(
      Uplink uplink,
      EdgeIdentity identity,
      EdgeMetrics metrics,
      Duration ackLinger,
      Clock clock,
      CloseFlow closing) {
    this.uplink = uplink;
    this.identity = identity;
    this.metrics = metrics;
    this.ackLinger = ackLinger;
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
    if (hasRoom(connection, state) && state.waiting().isEmpty()) {
      deliverAtLeastOnce(connection, message, target);
    } else if (state.waiting().size() < connection.client().window()) {
      state.waiting().add(new Waiting(message, target));
    } else {
      closing.close(connection, Closure.DELIVERY_OVERFLOW); // its owner does not keep the window
    }
  }

  /** The client may have room again. */
  void resume(Connection connection) {
    if (!connection.hasDeliveries() || connection.isOver()) {
      return;
    }
    DeliveryState state = connection.deliveries();
    while (!state.waiting().isEmpty() && hasRoom(connection, state)) {
      Waiting next = state.waiting().remove();
      deliverAtLeastOnce(connection, next.message(), next.target());
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
    MqttProperties properties = propertiesWhereAlive(connection, message, target);
    if (properties == null) {
      metrics.expired();
    } else if (isTooLarge(connection, message, 0, properties)) {
      metrics.tooLarge();
    } else {
      write(connection, message, target, 0, 0, properties);
    }
  }

  private void deliverAtLeastOnce(
      Connection connection, ClientMessage message, DeliveryTarget target) {
    MqttProperties properties = propertiesWhereAlive(connection, message, target);
    if (properties == null) {
      metrics.expired();
      report(connection, List.of(target.getDeliveryId()), DeliveryOutcome.EXPIRED, 0);
    } else if (isTooLarge(connection, message, 1, properties)) {
      metrics.tooLarge();
      report(connection, List.of(target.getDeliveryId()), DeliveryOutcome.TOO_LARGE, 0);
    } else {
      int packetId = connection.deliveries().window().send(target.getDeliveryId());
      write(connection, message, target, packetId, 1, properties);
    }
  }

  private void write(
      Connection connection,
      ClientMessage message,
      DeliveryTarget target,
      int packetId,
      int qos,
      MqttProperties properties) {
    MqttPublishMessage packet =
        Packets.publish(
            message.getTopic(),
            packetId,
            qos,
            target.getRetain(),
            qos > 0 && target.getDuplicate(),
            properties,
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

  /** Null where the message expired on its way (MQTT 5.0, 3.3.2.3.3). */
  @Nullable
  private MqttProperties propertiesWhereAlive(
      Connection connection, ClientMessage message, DeliveryTarget target) {
    Long expiry = message.getProperties().getMessageExpirySeconds();
    if (expiry != null) {
      expiry -= Duration.between(message.getAcceptedAt(), clock.instant()).toSeconds();
      if (expiry <= 0) {
        return null;
      }
    }
    return connection.speaksMqtt5()
        ? MqttFields.publishProperties(message.getProperties(), expiry, target.getSubscriptionIds())
        : MqttProperties.NO_PROPERTIES;
  }

  private static boolean isTooLarge(
      Connection connection, ClientMessage message, int qos, MqttProperties properties) {
    long most = connection.client().maximumPacketSize();
    return most != Client.ANY_SIZE
        && PublishSize.of(message.getTopic(), qos, message.getPayload().remaining(), properties)
            > most;
  }

  /** PUBACK from the client. */
  boolean acknowledged(Connection connection, MqttMessage packet) {
    int packetId = ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
    DeliveryState state = connection.deliveries();
    long deliveryId = state.window().acknowledge(packetId);
    if (deliveryId == DeliveryWindow.UNKNOWN) {
      metrics.refused("puback_unknown");
      return true;
    }
    int reasonCode =
        packet.variableHeader() instanceof MqttPubReplyMessageVariableHeader reply
            ? Byte.toUnsignedInt(reply.reasonCode())
            : ReasonCode.SUCCESS;
    if (reasonCode >= FIRST_FAILURE) {
      report(connection, List.of(deliveryId), DeliveryOutcome.REFUSED, reasonCode);
    } else if (state.acknowledged(deliveryId)) {
      connection.later(ackLinger, () -> reportAcknowledged(connection));
    }
    resume(connection);
    return true;
  }

  /** What a client acknowledged before it went counts. */
  void ended(Connection connection) {
    if (connection.hasDeliveries()) {
      reportAcknowledged(connection);
      connection.deliveries().waiting().clear();
    }
  }

  private void reportAcknowledged(Connection connection) {
    List<Long> deliveryIds = connection.deliveries().takeAcknowledged();
    if (!deliveryIds.isEmpty()) {
      report(connection, deliveryIds, DeliveryOutcome.ACKNOWLEDGED, ReasonCode.SUCCESS);
    }
  }

  private void report(
      Connection connection, List<Long> deliveryIds, DeliveryOutcome outcome, int reasonCode) {
    String clientId = connection.client().clientId();
    DeliveryAck ack =
        new DeliveryAck(
            identity.region(),
            identity.edge(),
            identity.lane(),
            clientId,
            connection.epoch(),
            deliveryIds,
            outcome,
            reasonCode,
            clock.instant());
    // Bounded by the window: no acknowledgement without a delivery.
    uplink.submit(
        Topics.DELIVERY_ACKS,
        clientId,
        ack,
        RECORD_SIZE + Long.BYTES * deliveryIds.size(),
        failure -> {
          if (failure != null) {
            connection.execute(() -> closing.close(connection, Closure.UPLINK_FAILED));
          }
        });
  }
}
