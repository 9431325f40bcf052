package io.mqttsentinel.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Hands the decoder whole packets only. Netty's decoder begins again with each byte that arrives,
 * so a client that sends its properties byte by byte would cost the square of their length.
 */
final class PacketFramer extends ByteToMessageDecoder {

  private static final int MOST_LENGTH_BYTES = 4;
  private static final int INCOMPLETE = -1;
  private static final int NOT_MQTT = -2;

  private final int maxMessageBytes;
  private boolean hopeless;

  PacketFramer(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int size = hopeless ? NOT_MQTT : packetSize(in);
    if (size == NOT_MQTT) {
      // The decoder says what is wrong with it, and reads nothing of the rest.
      hopeless = true;
      out.add(in.readRetainedSlice(in.readableBytes()));
    } else if (size != INCOMPLETE && in.readableBytes() >= size) {
      out.add(in.readRetainedSlice(size));
    }
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
