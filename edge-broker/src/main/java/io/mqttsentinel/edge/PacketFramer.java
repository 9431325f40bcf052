package io.mqttsentinel.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageFactory;
import java.util.List;

/**
 * Hands the decoder whole packets only, and no packet that {@link PacketCheck} refuses. Netty's
 * decoder begins again with each byte that arrives, so a client that sends its properties byte by
 * byte would cost the square of their length.
 */
final class PacketFramer extends ByteToMessageDecoder {

  private static final int MOST_LENGTH_BYTES = 4;
  private static final int INCOMPLETE = -1;
  private static final int NOT_MQTT = -2;

  private final int maxMessageBytes;
  private final PacketCheck check = new PacketCheck();
  private boolean hopeless;
  private boolean refused;

  PacketFramer(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (refused) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int size = hopeless ? NOT_MQTT : packetSize(in);
    if (size == NOT_MQTT) {
      // The decoder says what is wrong with it, and reads nothing of the rest.
      hopeless = true;
      out.add(in.readRetainedSlice(in.readableBytes()));
    } else if (size != INCOMPLETE && in.readableBytes() >= size) {
      Refusal refusal = check.check(in.slice(in.readerIndex(), size));
      out.add(refusal == null ? in.readRetainedSlice(size) : refused(ctx, in, refusal));
    }
  }

  private MqttMessage refused(ChannelHandlerContext ctx, ByteBuf in, Refusal refusal) {
    refused = true;
    in.skipBytes(in.readableBytes());
    if (check.version() != null && !MqttVersions.isKnown(ctx.channel())) {
      MqttVersions.remember(ctx.channel(), check.version()); // so that CONNACK speaks it
    }
    return MqttMessageFactory.newInvalidMessage(new PacketRefused(refusal));
  }

  private int packetSize(ByteBuf in) {
    int length = 0;
    for (int i = 0; i < MOST_LENGTH_BYTES; i++) {
      int at = in.readerIndex() + 1 + i;
      if (at >= in.writerIndex()) {
        return INCOMPLETE;
      }
      int digit = in.getUnsignedByte(at);
      length |= (digit & 0x7F) << (7 * i);
      if (digit < 0x80) {
        return length > maxMessageBytes ? NOT_MQTT : 2 + i + length;
      }
    }
    return NOT_MQTT;
  }
}
