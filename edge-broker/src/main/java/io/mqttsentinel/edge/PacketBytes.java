package io.mqttsentinel.edge;

import io.netty.buffer.ByteBuf;

/** The data types of MQTT (MQTT 5.0, 1.5). What is none of them is malformed. */
final class PacketBytes {

  static final Refusal MALFORMED = new Refusal(ReasonCode.MALFORMED_PACKET, "malformed_packet");

  private static final int MOST_BYTES = 4;

  private PacketBytes() {}

  /** In as few bytes as possible, at most four (MQTT-1.5.5-1). */
  static int variableInteger(ByteBuf in) {
    int value = 0;
    for (int i = 0; i < MOST_BYTES; i++) {
      int digit = in.readUnsignedByte();
      value |= (digit & 0x7F) << (7 * i);
      if (digit < 0x80) {
        if (digit == 0 && i > 0) {
          throw new PacketRefused(MALFORMED);
        }
        return value;
      }
    }
    throw new PacketRefused(MALFORMED);
  }

  /** Ill-formed UTF-8 is found by the decoder; U+0000 is not (MQTT-1.5.4-2). */
  static void skipText(ByteBuf in) {
    int length = in.readUnsignedShort();
    ByteBuf text = in.readSlice(length);
    if (text.indexOf(text.readerIndex(), text.writerIndex(), (byte) 0) >= 0) {
      throw new PacketRefused(MALFORMED);
    }
  }

  static void skipBinary(ByteBuf in) {
    in.skipBytes(in.readUnsignedShort());
  }
}
