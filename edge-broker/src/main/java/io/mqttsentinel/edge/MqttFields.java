package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.UserProperty;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.BinaryProperty;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.MqttProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Between the properties of MQTT 5 packets and those of our records. */
final class MqttFields {

  private static final MessageProperties NONE =
      new MessageProperties(null, null, null, null, null, List.of());

  private MqttFields() {}

  static int integer(MqttProperties properties, int type, int absent) {
    MqttProperty<?> property = properties.getProperty(type);
    return property == null ? absent : (Integer) property.value();
  }

  /** A four-byte integer, which Netty hands out as a signed one. */
  @Nullable
  static Long unsigned(MqttProperties properties, int type) {
    MqttProperty<?> property = properties.getProperty(type);
    return property == null ? null : Integer.toUnsignedLong((Integer) property.value());
  }

  static boolean has(MqttProperties properties, int type) {
    return properties.getProperty(type) != null;
  }

  /** What travels with a message; the record is shared where there is nothing. */
  static MessageProperties messageProperties(MqttProperties properties) {
    if (properties.isEmpty()) {
      return NONE;
    }
    MqttProperty<?> format = properties.getProperty(MqttProperties.PAYLOAD_FORMAT_INDICATOR);
    byte[] correlation = (byte[]) value(properties, MqttProperties.CORRELATION_DATA);
    return new MessageProperties(
        format == null ? null : (Integer) format.value(),
        unsigned(properties, MqttProperties.PUBLICATION_EXPIRY_INTERVAL),
        (String) value(properties, MqttProperties.CONTENT_TYPE),
        (String) value(properties, MqttProperties.RESPONSE_TOPIC),
        correlation == null ? null : ByteBuffer.wrap(correlation),
        userProperties(properties));
  }

  private static List<UserProperty> userProperties(MqttProperties properties) {
    return properties.getProperties(MqttProperties.USER_PROPERTY).stream()
        .map(property -> ((MqttProperties.UserProperty) property).value())
        .map(pair -> new UserProperty(pair.key, pair.value))
        .toList();
  }

  /**
   * The properties of an outgoing PUBLISH.
   *
   * @param expirySeconds what is left of it, or null
   * @param topicAlias or {@link TopicAliases#NONE}
   */
  static MqttProperties publishProperties(
      MessageProperties message,
      @Nullable Long expirySeconds,
      List<Integer> subscriptionIds,
      int topicAlias) {
    boolean none =
        topicAlias == TopicAliases.NONE
            && subscriptionIds.isEmpty()
            && expirySeconds == null
            && message.getPayloadFormatIndicator() == null
            && message.getContentType() == null
            && message.getResponseTopic() == null
            && message.getCorrelationData() == null
            && message.getUserProperties().isEmpty();
    if (none) {
      return MqttProperties.NO_PROPERTIES;
    }
    MqttProperties properties = new MqttProperties();
    add(properties, MqttProperties.PAYLOAD_FORMAT_INDICATOR, message.getPayloadFormatIndicator());
    if (expirySeconds != null) {
      add(properties, MqttProperties.PUBLICATION_EXPIRY_INTERVAL, expirySeconds.intValue());
    }
    if (topicAlias != TopicAliases.NONE) {
      add(properties, MqttProperties.TOPIC_ALIAS, topicAlias);
    }
    add(properties, MqttProperties.CONTENT_TYPE, message.getContentType());
    add(properties, MqttProperties.RESPONSE_TOPIC, message.getResponseTopic());
    if (message.getCorrelationData() != null) {
      properties.add(
          new BinaryProperty(MqttProperties.CORRELATION_DATA, bytes(message.getCorrelationData())));
    }
    if (!message.getUserProperties().isEmpty()) {
      UserProperties pairs = new UserProperties();
      message.getUserProperties().forEach(pair -> pairs.add(pair.getName(), pair.getValue()));
      properties.add(pairs);
    }
    subscriptionIds.forEach(id -> add(properties, MqttProperties.SUBSCRIPTION_IDENTIFIER, id));
    return properties;
  }

  static void add(MqttProperties properties, int type, @Nullable Integer value) {
    if (value != null) {
      properties.add(new IntegerProperty(type, value));
    }
  }

  static void add(MqttProperties properties, int type, @Nullable String value) {
    if (value != null) {
      properties.add(new StringProperty(type, value));
    }
  }

  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  static boolean isUtf8(ByteBuffer bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate());
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Nullable
  private static Object value(MqttProperties properties, int type) {
    MqttProperty<?> property = properties.getProperty(type);
    return property == null ? null : property.value();
  }
}
