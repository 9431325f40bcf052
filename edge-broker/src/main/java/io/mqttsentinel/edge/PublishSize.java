package io.mqttsentinel.edge;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.MqttProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringPair;
import java.util.List;

/** The bytes of a PUBLISH, fixed header included (3.1.2.11.4). */
final class PublishSize {

  private static final int LENGTH = 2;
  private static final int PACKET_ID = 2;
  private static final int FOUR_BYTES = 4;

  private PublishSize() {}

  static long of(String topic, int qos, int payload, MqttProperties properties) {
    int propertyBytes = properties(properties);
    int remaining =
        string(topic)
            + (qos > 0 ? PACKET_ID : 0)
            + variableInteger(propertyBytes)
            + propertyBytes
            + payload;
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
              "property %d does not belong into PUBLISH".formatted(property.propertyId()));
    };
  }

  private static int integer(int propertyId, int value) {
    if (propertyId == MqttProperties.PAYLOAD_FORMAT_INDICATOR) {
      return 1;
    }
    if (propertyId == MqttProperties.TOPIC_ALIAS) {
      return 2;
    }
    return propertyId == MqttProperties.SUBSCRIPTION_IDENTIFIER
        ? variableInteger(value)
        : FOUR_BYTES;
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
