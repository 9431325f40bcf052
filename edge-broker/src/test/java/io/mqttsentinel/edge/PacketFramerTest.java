package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PacketFramerTest {

  static final int LIMIT = 20_000;

  @Property(tries = 200)
  void packetsComeOutWholeHoweverTheBytesComeIn(
      @ForAll @Size(min = 1, max = 10) List<@IntRange(max = LIMIT) Integer> lengths,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<byte[]> packets = lengths.stream().map(length -> packet(length, random)).toList();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    packets.forEach(stream::writeBytes);
    EmbeddedChannel channel = new EmbeddedChannel(new PacketFramer(LIMIT));
    byte[] bytes = stream.toByteArray();
    for (int from = 0; from < bytes.length; ) {
      int to = Math.min(bytes.length, from + 1 + random.nextInt(1 + random.nextInt(5000)));
      channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOfRange(bytes, from, to)));
      from = to;
    }
    List<byte[]> out = read(channel);
    assertEquals(packets.size(), out.size());
    for (int i = 0; i < out.size(); i++) {
      assertArrayEquals(packets.get(i), out.get(i));
    }
  }

  @Test
  void nothingComesBeforeTheLastByte() {
    byte[] packet = packet(300, new Random(1));
    EmbeddedChannel channel = new EmbeddedChannel(new PacketFramer(LIMIT));
    for (int i = 0; i < packet.length - 1; i++) {
      channel.writeInbound(Unpooled.wrappedBuffer(packet, i, 1));
      assertNull(channel.readInbound());
    }
    channel.writeInbound(Unpooled.wrappedBuffer(packet, packet.length - 1, 1));
    assertArrayEquals(packet, read(channel).getFirst());
  }

  @Test
  void whatIsTooLargeOrNoLengthIsNotCollected() {
    for (byte[] start : new byte[][] {{0x30, -1, -1, 127, 7}, {0x30, -1, -1, -1, -1, 7}}) {
      EmbeddedChannel channel = new EmbeddedChannel(new PacketFramer(LIMIT));
      channel.writeInbound(Unpooled.wrappedBuffer(start));
      assertArrayEquals(start, read(channel).getFirst());
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {1}));
      assertEquals(1, read(channel).size(), "and neither is what follows");
    }
  }

  /** PUBLISH with an empty topic and any payload, or PINGREQ where that is too long. */
  private static byte[] packet(int length, Random random) {
    if (length < 2) {
      return new byte[] {(byte) 0xC0, 0};
    }
    byte[] payload = new byte[length - 2];
    random.nextBytes(payload);
    return RawClient.packet(0x30, RawClient.number(0), payload);
  }

  private static List<byte[]> read(EmbeddedChannel channel) {
    List<byte[]> all = new ArrayList<>();
    for (ByteBuf out = channel.readInbound(); out != null; out = channel.readInbound()) {
      all.add(ByteBufUtil.getBytes(out));
      out.release();
    }
    return all;
  }
}
