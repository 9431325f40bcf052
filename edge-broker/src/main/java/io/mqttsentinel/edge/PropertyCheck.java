package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttProperties;

/** The rules of MQTT 5 properties (MQTT 5.0, 2.2.2), looked up in the bytes of a packet. */
final class PropertyCheck {

  /** Where properties stand, with those that a client may send there (2.2.2.2). */
  enum Place {
    CONNECT(
        MqttProperties.SESSION_EXPIRY_INTERVAL,
        MqttProperties.RECEIVE_MAXIMUM,
        MqttProperties.MAXIMUM_PACKET_SIZE,
        MqttProperties.TOPIC_ALIAS_MAXIMUM,
        MqttProperties.REQUEST_RESPONSE_INFORMATION,
        MqttProperties.REQUEST_PROBLEM_INFORMATION,
        MqttProperties.USER_PROPERTY,
        MqttProperties.AUTHENTICATION_METHOD,
        MqttProperties.AUTHENTICATION_DATA),
    WILL(
        MqttProperties.WILL_DELAY_INTERVAL,
        MqttProperties.PAYLOAD_FORMAT_INDICATOR,
        MqttProperties.PUBLICATION_EXPIRY_INTERVAL,
        MqttProperties.CONTENT_TYPE,
        MqttProperties.RESPONSE_TOPIC,
        MqttProperties.CORRELATION_DATA,
        MqttProperties.USER_PROPERTY),
    PUBLISH(
        MqttProperties.PAYLOAD_FORMAT_INDICATOR,
        MqttProperties.PUBLICATION_EXPIRY_INTERVAL,
        MqttProperties.TOPIC_ALIAS,
        MqttProperties.CONTENT_TYPE,
        MqttProperties.RESPONSE_TOPIC,
        MqttProperties.CORRELATION_DATA,
        MqttProperties.USER_PROPERTY,
        MqttProperties.SUBSCRIPTION_IDENTIFIER), // refused by a rule of its own
    REPLY(MqttProperties.REASON_STRING, MqttProperties.USER_PROPERTY),
    SUBSCRIBE(MqttProperties.SUBSCRIPTION_IDENTIFIER, MqttProperties.USER_PROPERTY),
    UNSUBSCRIBE(MqttProperties.USER_PROPERTY),
    DISCONNECT(
        MqttProperties.SESSION_EXPIRY_INTERVAL,
        MqttProperties.REASON_STRING,
        MqttProperties.USER_PROPERTY),
    AUTH(
        MqttProperties.AUTHENTICATION_METHOD,
        MqttProperties.AUTHENTICATION_DATA,
        MqttProperties.REASON_STRING,
        MqttProperties.USER_PROPERTY);

    private final long allowed;

    Place(int... properties) {
      long bits = 0;
      for (int property : properties) {
        bits |= 1L << property;
      }
      allowed = bits;
    }
  }

  private static final int LARGEST = 42;
  private static final Refusal NOT_HERE =
      new Refusal(ReasonCode.MALFORMED_PACKET, "property_not_allowed");
  private static final Refusal TWICE =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "property_given_twice");
  private static final Refusal NO_FLAG =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "property_value_invalid");
  private static final Refusal ID_ZERO =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "subscription_id_zero");
  private static final Refusal ID_IN_PUBLISH =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "subscription_id_in_publish");

  private PropertyCheck() {}

  /**
   * Reads past the properties; gives the reason against them, or null.
   *
   * @throws IndexOutOfBoundsException if they reach beyond the packet
   */
  @Nullable
  static Refusal check(ByteBuf in, Place place) {
    int before = in.readerIndex();
    int length = PacketBytes.variableInteger(in);
    int start = in.readerIndex();
    int lengthBytes = start - before;
    ByteBuf properties = in.readSlice(length);
    long seen = 0;
    int shortOnes = 0;
    while (properties.isReadable()) {
      int at = properties.readerIndex();
      int id = PacketBytes.variableInteger(properties);
      if (id > LARGEST || (place.allowed & 1L << id) == 0) {
        return NOT_HERE;
      }
      boolean repeats = id != MqttProperties.USER_PROPERTY && (seen & 1L << id) != 0;
      if (repeats) {
        return TWICE;
      }
      seen |= 1L << id;
      Refusal value = value(properties, id, place);
      if (value != null) {
        return value;
      }
      boolean isShort = properties.readerIndex() - at <= lengthBytes;
      shortOnes = isShort ? shortOnes + properties.readerIndex() - at : 0;
    }
    if (shortOnes > 0) {
      toFront(in, start, length, shortOnes);
    }
    return null;
  }

  /**
   * Netty's decoder counts the bytes of the length to those of the properties, and so overlooks a
   * last property that is no longer than these. The order of different properties means nothing.
   */
  private static void toFront(ByteBuf in, int start, int length, int count) {
    byte[] bytes = new byte[length];
    in.getBytes(start + length - count, bytes, 0, count);
    in.getBytes(start, bytes, count, length - count);
    in.setBytes(start, bytes);
  }

  @Nullable
  private static Refusal value(ByteBuf in, int id, Place place) {
    switch (id) {
      case MqttProperties.PAYLOAD_FORMAT_INDICATOR,
          MqttProperties.REQUEST_PROBLEM_INFORMATION,
          MqttProperties.REQUEST_RESPONSE_INFORMATION -> {
        return in.readUnsignedByte() > 1 ? NO_FLAG : null;
      }
      case MqttProperties.RECEIVE_MAXIMUM,
          MqttProperties.TOPIC_ALIAS_MAXIMUM,
          MqttProperties.TOPIC_ALIAS ->
          in.skipBytes(Short.BYTES);
      case MqttProperties.SESSION_EXPIRY_INTERVAL,
          MqttProperties.WILL_DELAY_INTERVAL,
          MqttProperties.PUBLICATION_EXPIRY_INTERVAL,
          MqttProperties.MAXIMUM_PACKET_SIZE ->
          in.skipBytes(Integer.BYTES);
      case MqttProperties.SUBSCRIPTION_IDENTIFIER -> {
        if (place == Place.PUBLISH) {
          return ID_IN_PUBLISH; // MQTT-3.3.4-6
        }
        return PacketBytes.variableInteger(in) == 0 ? ID_ZERO : null;
      }
      case MqttProperties.CORRELATION_DATA, MqttProperties.AUTHENTICATION_DATA ->
          PacketBytes.skipBinary(in);
      case MqttProperties.USER_PROPERTY -> {
        PacketBytes.skipText(in);
        PacketBytes.skipText(in);
      }
      default -> PacketBytes.skipText(in);
    }
    return null;
  }
}
