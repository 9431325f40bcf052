package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.PropertyCheck.Place;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** What Netty's decoder lets pass though the standards do not, in the bytes of a whole packet. */
final class PacketCheck {

  private static final int WILL_FLAG = 0x04;
  private static final int WILL_OTHERS = 0x38;
  private static final int WILL_QOS = 0x18;
  private static final int USER_NAME_FLAG = 0x80;
  private static final int PASSWORD_FLAG = 0x40;
  private static final int CONNECT_HEADER = 0x10;
  private static final int DUPLICATE = 0x08;
  private static final int QOS = 0x03;
  private static final Set<Integer> REPEATABLE = Set.of(0x62, 0x82, 0xA2); // 3.1: 3.6, 3.8, 3.10
  private static final int OPTION_RESERVED = 0xC0;
  private static final int RETAIN_HANDLING = 0x30;
  private static final Refusal OPTIONS =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "subscription_options_invalid");

  private static final Refusal FROM_A_SERVER =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "packet_not_expected");
  private static final Refusal REASON =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "reason_code_invalid");

  private MqttVersion version;

  /** What the connection's CONNECT said; null before it, and for a protocol that nobody knows. */
  @Nullable
  MqttVersion version() {
    return version;
  }

  /**
   * The reason against a packet, or null. Leaves the reader index where it is; takes away the flags
   * that MQTT 3.1 has or leaves open, where later versions, as the decoder knows them, have none.
   */
  @Nullable
  Refusal check(ByteBuf packet) {
    try {
      int header = packet.getUnsignedByte(packet.readerIndex());
      if (version == MqttVersion.MQTT_3_1 && REPEATABLE.contains(header & ~DUPLICATE)) {
        header &= ~DUPLICATE;
        packet.setByte(packet.readerIndex(), header);
      }
      return check(packet.duplicate(), packet.readerIndex(), header);
    } catch (PacketRefused e) {
      return e.refusal();
    } catch (IndexOutOfBoundsException e) {
      return PacketBytes.MALFORMED; // it says that it is longer than it is
    }
  }

  @Nullable
  private Refusal check(ByteBuf in, int start, int header) {
    in.skipBytes(1);
    PacketBytes.variableInteger(in);
    int type = header >> 4;
    if (type == 0) {
      return PacketBytes.MALFORMED;
    }
    return switch (MqttMessageType.valueOf(type)) {
      case CONNECT -> connect(in, start);
      case PUBLISH -> publish(in, header);
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> reply(in, MqttMessageType.valueOf(type));
      case SUBSCRIBE -> subscribe(in);
      case UNSUBSCRIBE -> unsubscribe(in);
      case PINGREQ -> end(in);
      case DISCONNECT -> last(in, MqttMessageType.DISCONNECT, Place.DISCONNECT);
      case AUTH -> last(in, MqttMessageType.AUTH, Place.AUTH);
      case CONNACK, SUBACK, UNSUBACK, PINGRESP -> FROM_A_SERVER;
    };
  }

  private boolean isMqtt5() {
    return version == MqttVersion.MQTT_5;
  }

  @Nullable
  private Refusal connect(ByteBuf in, int start) {
    int nameLength = in.getUnsignedShort(in.readerIndex());
    String name =
        in.toString(in.readerIndex() + Short.BYTES, nameLength, StandardCharsets.US_ASCII);
    PacketBytes.skipText(in);
    version = version(name, in.readUnsignedByte());
    if (version == null) {
      return null; // the decoder says so
    }
    if (version == MqttVersion.MQTT_3_1) {
      in.setByte(start, CONNECT_HEADER); // its flags are not used there, says MQTT 3.1
    }
    int flags = in.readUnsignedByte();
    boolean will = (flags & WILL_FLAG) != 0;
    if (!will && (flags & WILL_OTHERS) != 0) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "will_flags"); // MQTT-3.1.2-11, -13
    }
    if ((flags & WILL_QOS) == WILL_QOS) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "will_qos_invalid"); // MQTT-3.1.2-12
    }
    in.skipBytes(Short.BYTES); // keep-alive
    Refusal properties = isMqtt5() ? PropertyCheck.check(in, Place.CONNECT) : null;
    if (properties != null) {
      return properties;
    }
    PacketBytes.skipText(in);
    if (will) {
      Refusal willProperties = isMqtt5() ? PropertyCheck.check(in, Place.WILL) : null;
      if (willProperties != null) {
        return willProperties;
      }
      PacketBytes.skipText(in);
      PacketBytes.skipBinary(in);
    }
    if ((flags & USER_NAME_FLAG) != 0) {
      PacketBytes.skipText(in);
    }
    if ((flags & PASSWORD_FLAG) != 0) {
      PacketBytes.skipBinary(in);
    }
    return end(in);
  }

  @Nullable
  private static MqttVersion version(String name, int level) {
    for (MqttVersion known : MqttVersion.values()) {
      if (known.protocolName().equals(name) && known.protocolLevel() == level) {
        return known;
      }
    }
    return null;
  }

  @Nullable
  private Refusal publish(ByteBuf in, int header) {
    int qos = header >> 1 & QOS;
    if (qos == 0 && (header & DUPLICATE) != 0) {
      return new Refusal(ReasonCode.PROTOCOL_ERROR, "duplicate_with_qos_0"); // MQTT-3.3.1-2
    }
    PacketBytes.skipText(in);
    in.skipBytes(qos == 0 ? 0 : Short.BYTES);
    return isMqtt5() ? PropertyCheck.check(in, Place.PUBLISH) : null;
  }

  @Nullable
  private Refusal reply(ByteBuf in, MqttMessageType type) {
    in.skipBytes(Short.BYTES);
    return last(in, type, Place.REPLY);
  }

  /** What may end with a reason code and properties, and without them (MQTT 5.0, 3.4.2.1). */
  @Nullable
  private Refusal last(ByteBuf in, MqttMessageType type, Place place) {
    if (!isMqtt5() || !in.isReadable()) {
      return end(in);
    }
    if (!ReasonTable.has(type, in.readUnsignedByte())) {
      return REASON;
    }
    Refusal properties = in.isReadable() ? PropertyCheck.check(in, place) : null;
    return properties == null ? end(in) : properties;
  }

  @Nullable
  private Refusal subscribe(ByteBuf in) {
    in.skipBytes(Short.BYTES);
    Refusal properties = isMqtt5() ? PropertyCheck.check(in, Place.SUBSCRIBE) : null;
    if (properties != null) {
      return properties;
    }
    while (in.isReadable()) {
      PacketBytes.skipText(in);
      int options = in.readUnsignedByte();
      boolean reserved = isMqtt5() ? (options & OPTION_RESERVED) != 0 : options > QOS;
      if (reserved) {
        return PacketBytes.MALFORMED; // MQTT-3.8.3-5; of 3.1.1: MQTT-3-8.3-4
      }
      if ((options & QOS) == QOS || (options & RETAIN_HANDLING) == RETAIN_HANDLING) {
        return OPTIONS;
      }
    }
    return null;
  }

  @Nullable
  private Refusal unsubscribe(ByteBuf in) {
    in.skipBytes(Short.BYTES);
    Refusal properties = isMqtt5() ? PropertyCheck.check(in, Place.UNSUBSCRIBE) : null;
    while (properties == null && in.isReadable()) {
      PacketBytes.skipText(in);
    }
    return properties;
  }

  @Nullable
  private static Refusal end(ByteBuf in) {
    return in.isReadable() ? PacketBytes.MALFORMED : null;
  }
}
