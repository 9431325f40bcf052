package io.mqttsentinel.edge;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;

/** One flow for each kind of packet. */
final class PacketFlows implements PacketDispatch {

  private final ConnectFlow connects;
  private final PublishFlow publishes;
  private final SubscribeFlow subscriptions;
  private final PublishAcks publishAcks;
  private final DeliveryAckFlow deliveryAcks;
  private final CloseFlow closing;
  private final LimitFlow limits;

  PacketFlows(
      ConnectFlow connects,
      PublishFlow publishes,
      SubscribeFlow subscriptions,
      PublishAcks publishAcks,
      DeliveryAckFlow deliveryAcks,
      CloseFlow closing,
      LimitFlow limits) {
    this.connects = connects;
    this.publishes = publishes;
    this.subscriptions = subscriptions;
    this.publishAcks = publishAcks;
    this.deliveryAcks = deliveryAcks;
    this.closing = closing;
    this.limits = limits;
  }

  @Override
  public boolean dispatch(Connection connection, MqttMessage packet) {
    boolean handled = handle(connection, packet);
    if (handled) {
      connection.limits().handled();
    }
    return handled;
  }

  private boolean handle(Connection connection, MqttMessage packet) {
    Refusal malformed = Malformed.of(packet);
    if (malformed != null) {
      return violated(connection, malformed);
    }
    boolean first = connection.state() == Connection.State.AWAITING_CONNECT;
    if (first != packet instanceof MqttConnectMessage) {
      String cause = first ? "packet_before_connect" : "second_connect";
      return violated(connection, new Refusal(ReasonCode.PROTOCOL_ERROR, cause));
    }
    LimitFlow.Course course = limits.apply(connection, packet);
    if (course != LimitFlow.Course.ON) {
      return course == LimitFlow.Course.DONE;
    }
    return switch (packet) {
      case MqttConnectMessage connect -> connects.connect(connection, connect);
      case MqttPublishMessage publish -> publishes.publish(connection, publish);
      case MqttSubscribeMessage subscribe -> subscriptions.subscribe(connection, subscribe);
      case MqttUnsubscribeMessage unsubscribe -> subscriptions.unsubscribe(connection, unsubscribe);
      default -> other(connection, packet);
    };
  }

  private boolean other(Connection connection, MqttMessage packet) {
    return switch (packet.fixedHeader().messageType()) {
      case PUBACK -> deliveryAcks.puback(connection, packet);
      case PUBREC -> deliveryAcks.pubrec(connection, packet);
      case PUBCOMP -> deliveryAcks.pubcomp(connection, packet);
      case PUBREL -> publishAcks.pubrel(connection, packet);
      case PINGREQ -> {
        connection.context().fireChannelRead(ReferenceCountUtil.retain(packet));
        yield true;
      }
      case DISCONNECT -> closing.disconnect(connection, packet);
      default ->
          violated(connection, new Refusal(ReasonCode.PROTOCOL_ERROR, "packet_not_expected"));
    };
  }

  private boolean violated(Connection connection, Refusal refusal) {
    closing.violated(connection, refusal);
    return true;
  }
}
