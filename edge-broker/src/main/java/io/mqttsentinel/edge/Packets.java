package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.ByteBuffer;

/** The packets that this edge writes. */
final class Packets {

  private Packets() {}

  /**
   * What Moquette gets to see instead of the client's CONNECT. As an MQTT 5 one, because Moquette
   * then adds no timer that sends publishes again.
   */
  static MqttConnectMessage connectForMoquette(String moquetteId, int keepAliveSeconds) {
    return MqttMessageBuilders.connect()
        .protocolVersion(MqttVersion.MQTT_5)
        .clientId(moquetteId)
        .cleanSession(true)
        .keepAlive(keepAliveSeconds)
        .properties(MqttProperties.NO_PROPERTIES)
        .build();
  }

  static MqttConnAckMessage connack(int code, boolean sessionPresent, MqttProperties properties) {
    return new MqttConnAckMessage(
        header(MqttMessageType.CONNACK),
        new MqttConnAckVariableHeader(
            MqttConnectReturnCode.valueOf((byte) code), sessionPresent, properties));
  }

  /** A refusal; the encoder leaves the reason out with MQTT 3.1.1. */
  static MqttConnAckMessage connack(int code, @Nullable String reason) {
    return connack(code, false, properties(reason));
  }

  static MqttMessage puback(int packetId, int reasonCode, @Nullable String reason) {
    return reply(MqttMessageType.PUBACK, packetId, reasonCode, reason);
  }

  static MqttMessage pubrec(int packetId, int reasonCode, @Nullable String reason) {
    return reply(MqttMessageType.PUBREC, packetId, reasonCode, reason);
  }

  static MqttMessage pubrel(int packetId, int reasonCode) {
    return reply(MqttMessageType.PUBREL, packetId, reasonCode, null);
  }

  static MqttMessage pubcomp(int packetId, int reasonCode) {
    return reply(MqttMessageType.PUBCOMP, packetId, reasonCode, null);
  }

  /** The encoder leaves the reason out with MQTT 3.1.1. */
  private static MqttMessage reply(
      MqttMessageType type, int packetId, int reasonCode, @Nullable String reason) {
    boolean release = type == MqttMessageType.PUBREL; // MQTT-3.6.1-1: its flags are 0010
    MqttFixedHeader header =
        new MqttFixedHeader(
            type, false, release ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE, false, 0);
    return new MqttMessage(
        header,
        new MqttPubReplyMessageVariableHeader(packetId, (byte) reasonCode, properties(reason)));
  }

  private static MqttProperties properties(@Nullable String reason) {
    if (reason == null) {
      return MqttProperties.NO_PROPERTIES;
    }
    MqttProperties properties = new MqttProperties();
    MqttFields.add(properties, MqttProperties.REASON_STRING, reason);
    return properties;
  }

  /** Of a client's PUBACK, PUBREC, PUBREL or PUBCOMP. */
  static int packetId(MqttMessage packet) {
    return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
  }

  static int reasonCode(MqttMessage packet) {
    return packet.variableHeader() instanceof MqttPubReplyMessageVariableHeader reply
        ? Byte.toUnsignedInt(reply.reasonCode())
        : ReasonCode.SUCCESS;
  }

  static MqttSubAckMessage suback(int packetId, int[] codes) {
    return new MqttSubAckMessage(
        header(MqttMessageType.SUBACK),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, MqttProperties.NO_PROPERTIES),
        new MqttSubAckPayload(codes));
  }

  static MqttUnsubAckMessage unsuback(int packetId, int[] codes, boolean mqtt5) {
    if (!mqtt5) {
      return new MqttUnsubAckMessage(
          header(MqttMessageType.UNSUBACK), MqttMessageIdVariableHeader.from(packetId));
    }
    short[] reasons = new short[codes.length];
    for (int i = 0; i < codes.length; i++) {
      reasons[i] = (short) codes[i];
    }
    return new MqttUnsubAckMessage(
        header(MqttMessageType.UNSUBACK),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, MqttProperties.NO_PROPERTIES),
        new MqttUnsubAckPayload(reasons));
  }

  static MqttMessage disconnect(
      int reasonCode, @Nullable String reason, @Nullable String serverReference) {
    MqttProperties properties = properties(reason);
    if (serverReference != null) {
      properties = new MqttProperties();
      MqttFields.add(properties, MqttProperties.REASON_STRING, reason);
      MqttFields.add(properties, MqttProperties.SERVER_REFERENCE, serverReference);
    }
    return MqttMessageBuilders.disconnect()
        .reasonCode((byte) reasonCode)
        .properties(properties)
        .build();
  }

  static MqttPublishMessage publish(
      String topic,
      int packetId,
      int qos,
      boolean retain,
      boolean duplicate,
      MqttProperties properties,
      ByteBuffer payload) {
    return new MqttPublishMessage(
        new MqttFixedHeader(MqttMessageType.PUBLISH, duplicate, MqttQoS.valueOf(qos), retain, 0),
        new MqttPublishVariableHeader(topic, packetId, properties),
        Unpooled.wrappedBuffer(payload));
  }

  private static MqttFixedHeader header(MqttMessageType type) {
    return new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0);
  }
}
