package io.mqttsentinel.edge;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.MqttProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringPair;
import java.util.List;

/** The bytes of a packet, fixed header included (MQTT 5.0, 3.1.2.11.4). */
final class PacketSize {

  private static final int LENGTH = 2;
  private static final int PACKET_ID = 2;
  private static final int CONNACK_CODES = 2;

  private PacketSize() {}

  static long publish(String topic, int qos, int payload, MqttProperties properties) {
    int propertyBytes = properties(properties);
    int remaining =
        string(topic)
            + (qos > 0 ? PACKET_ID : 0)
            + variableInteger(propertyBytes)
            + propertyBytes
            + payload;
    return 1L + variableInteger(remaining) + remaining;
  }

  static long connack(MqttProperties properties) {
    int propertyBytes = properties(properties);
    int remaining = CONNACK_CODES + variableInteger(propertyBytes) + propertyBytes;
    return 1L + variableInteger(remaining) + remaining;
  }

  private static int properties(MqttProperties properties) {
    int bytes = 0;
    for (MqttProperty<?> property : properties.listAll()) {
      bytes += property(property);
    }
    return bytes;
  }

  private static int property(MqttProperty<?> property) {
    return switch (property.value()) {
      case String text -> 1 + string(text);
      case byte[] binary -> 1 + LENGTH + binary.length;
      case List<?> pairs -> pairs.stream().mapToInt(pair -> pair((StringPair) pair)).sum();
      case Integer number -> 1 + integer(property.propertyId(), number);
      case null, default ->
          throw new IllegalArgumentException(
              "property %d is of no known type".formatted(property.propertyId()));
    };
  }

  private static int integer(int propertyId, int value) {
    return switch (propertyId) {
      case MqttProperties.PAYLOAD_FORMAT_INDICATOR,
          MqttProperties.RETAIN_AVAILABLE,
          MqttProperties.WILDCARD_SUBSCRIPTION_AVAILABLE,
          MqttProperties.SUBSCRIPTION_IDENTIFIER_AVAILABLE,
          MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE ->
          Byte.BYTES;
      case MqttProperties.TOPIC_ALIAS,
          MqttProperties.TOPIC_ALIAS_MAXIMUM,
          MqttProperties.RECEIVE_MAXIMUM,
          MqttProperties.SERVER_KEEP_ALIVE ->
          Short.BYTES;
      case MqttProperties.SUBSCRIPTION_IDENTIFIER -> variableInteger(value);
      default -> Integer.BYTES;
    };
  }

  private static int pair(StringPair pair) {
    return 1 + string(pair.key) + string(pair.value);
  }

  private static int string(String text) {
    return LENGTH + ByteBufUtil.utf8Bytes(text);
  }

  private static int variableInteger(int value) {
    if (value < 1 << 7) {
      return 1;
    }
    if (value < 1 << 14) {
      return 2;
    }
    return value < 1 << 21 ? 3 : 4;
  }
}
