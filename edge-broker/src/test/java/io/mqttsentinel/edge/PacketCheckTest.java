package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets in hexadecimal: header, remaining length, body. */
class PacketCheckTest {

  private static final String CONNECT_5 = "10 10 0004 4d515454 05 02 003c 00 0003 616263";
  private static final String CONNECT_4 = "10 0f 0004 4d515454 04 02 003c 0003 616263";
  private static final String CONNECT_3 = "10 11 0006 4d5149736470 03 02 003c 0003 616263";

  private static Refusal check(String... packets) {
    PacketCheck check = new PacketCheck();
    Refusal last = null;
    for (String packet : packets) {
      assertNull(last, "only the last one is refused");
      last = check.check(Unpooled.wrappedBuffer(bytes(packet)));
    }
    return last;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "connect, 10 10 0004 4d515454 05 02 003c 00 0003 616263",
    "connect with all properties, "
        + "10 2b 0004 4d515454 05 02 003c 1b 1100000001 210001 2700000400 220001 1901 1701"
        + " 26 0001 61 0001 62 0003 616263",
    "will with properties, 10 1c 0004 4d515454 05 06 003c 00 0001 61 07 1800000001 0101"
        + " 0001 77 0001 6d",
  })
  void goodConnects(String name, String packet) {
    assertNull(check(packet), name);
  }

  @ParameterizedTest
  @CsvSource({
    "81, will QoS without will, 10 10 0004 4d515454 05 0a 003c 00 0003 616263",
    "81, will retain without will, 10 10 0004 4d515454 05 22 003c 00 0003 616263",
    "81, will QoS 3, 10 16 0004 4d515454 05 1e 003c 00 0001 61 00 0001 77 0001 6d",
    "81, property of CONNACK, 10 13 0004 4d515454 05 02 003c 03 21 0001 12 0003 616263",
    "81, maximum QoS from a client, 10 12 0004 4d515454 05 02 003c 02 2401 0003 616263",
    "82, receive maximum twice, 10 16 0004 4d515454 05 02 003c 06 210001 210001 0003 616263",
    "82, request problem information 2, 10 12 0004 4d515454 05 02 003c 02 1702 0003 616263",
    "81, null character in client id, 10 10 0004 4d515454 05 02 003c 00 0003 610063",
    "81, something behind the end, 10 11 0004 4d515454 05 02 003c 00 0003 616263 00",
    "81, properties longer than the packet, 10 10 0004 4d515454 05 02 003c 7f 0003 616263",
    "81, remaining length not minimal, 10 9000 0004 4d515454 05 02 003c 00 0003 616263",
  })
  void badConnects(String code, String name, String packet) {
    Refusal refusal = check(packet);
    assertNotNull(refusal, name);
    assertEquals(Integer.parseInt(code, 16), refusal.reasonCode(), name);
  }

  @ParameterizedTest
  @CsvSource({
    "QoS 0, 30 05 0001 61 00 78",
    "QoS 1 repeated, 3a 07 0001 61 0001 00 78",
    "all properties, 30 28 0001 61 24 0101 0200000001 230001 03 0001 63 08 0001 72 09 0001 00"
        + " 26 0001 61 0001 62 26 0001 61 0001 62 ",
    "PUBACK, 40 02 0001",
    "PUBACK with reason, 40 03 0001 10",
    "PUBREC with property, 50 08 0001 00 04 1f 0001 61",
    "SUBSCRIBE, 82 09 0001 02 0b01 0001 61 2e",
    "UNSUBSCRIBE, a2 06 0001 00 0001 61",
    "PINGREQ, c0 00",
    "PUBREL with reason, 62 03 0001 92",
    "PUBCOMP with reason, 70 03 0001 92",
    "DISCONNECT, e0 00",
    "DISCONNECT with will, e0 01 04",
    "DISCONNECT with expiry, e0 07 04 05 1100000001",
  })
  void goodPackets(String name, String packet) {
    assertNull(check(CONNECT_5, packet), name);
  }

  @ParameterizedTest
  @CsvSource({
    "82, duplicate with QoS 0, 38 05 0001 61 00 78",
    "81, null character in topic, 30 06 0002 6100 00 78",
    "81, null character in the name of a user property, 30 0d 0001 61 08 26 0002 6100 0001 62 78",
    "81, null character in a user property, 30 0d 0001 61 08 26 0001 61 0002 6200 78",
    "82, subscription identifier, 30 07 0001 61 02 0b01 78",
    "81, property of CONNECT, 30 08 0001 61 03 210001 78",
    "82, content type twice, 30 0d 0001 61 08 03 0001 61 03 0001 61 78",
    "82, payload format 2, 30 07 0001 61 02 0102 78",
    "81, unknown property, 30 07 0001 61 02 0401 78",
    "81, property beyond the length, 30 07 0001 61 02 0300 78",
    "81, something behind PUBACK, 40 05 0001 00 00 00",
    "81, property not for PUBACK, 40 09 0001 00 05 1100000001",
    "82, subscription identifier zero, 82 08 0001 02 0b00 0001 61 01",
    "82, subscription identifier twice, 82 0a 0001 04 0b010b01 0001 61 01",
    "81, subscription identifier of 5 bytes, 82 0c 0001 06 0bffffffff01 0001 61 01",
    "81, reserved options, 82 07 0001 00 0001 61 41",
    "82, retain handling 3, 82 07 0001 00 0001 61 31",
    "82, subscription with QoS 3, 82 07 0001 00 0001 61 03",
    "81, property not for UNSUBSCRIBE, a2 08 0001 02 0b01 0001 61",
    "81, PINGREQ with a body, c0 01 00",
    "81, server reference of a client, e0 06 00 04 1c 0001 61",
    "82, no reason of PUBACK, 40 03 0001 01",
    "82, no reason of PUBREC, 50 03 0001 92",
    "82, no reason of PUBREL, 62 03 0001 10",
    "82, no reason of PUBCOMP, 70 03 0001 80",
    "82, no reason of DISCONNECT, e0 01 02",
    "82, CONNACK cut off, 20 01 00",
    "82, SUBACK cut off, 90 00",
    "82, UNSUBACK cut off, b0 01 00",
    "82, PINGRESP, d0 00",
  })
  void badPackets(String code, String name, String packet) {
    Refusal refusal = check(CONNECT_5, packet);
    assertNotNull(refusal, name);
    assertEquals(Integer.parseInt(code, 16), refusal.reasonCode(), name);
  }

  @ParameterizedTest
  @CsvSource({
    "PUBACK with a reason, 40 03 0001 00",
    "DISCONNECT with a reason, e0 01 00",
    "reserved options, 82 06 0001 0001 61 04",
    "null character in a filter, a2 06 0001 0002 6100",
  })
  void badPacketsOfOldClients(String name, String packet) {
    for (String connect : new String[] {CONNECT_4, CONNECT_3}) {
      Refusal refusal = check(connect, packet);
      assertNotNull(refusal, name);
      assertEquals(ReasonCode.MALFORMED_PACKET, refusal.reasonCode(), name);
    }
  }

  @Test
  void flagsOfConnectMeanNothingInMqtt31() {
    ByteBuf connect = Unpooled.wrappedBuffer(bytes("14" + CONNECT_3.substring(2)));
    assertNull(new PacketCheck().check(connect));
    assertEquals(0x10, connect.getByte(0), "as the decoder takes it");
    ByteBuf later = Unpooled.wrappedBuffer(bytes("14" + CONNECT_4.substring(2)));
    new PacketCheck().check(later);
    assertEquals(0x14, later.getByte(0), "the decoder refuses it");
  }

  /** Netty's decoder alone overlooks the last one, and takes it for payload. */
  @Test
  void mqtt31MayMarkRepeatsThatLaterVersionsHaveNot() {
    PacketCheck check = new PacketCheck();
    assertNull(check.check(Unpooled.wrappedBuffer(bytes(CONNECT_3))));
    ByteBuf repeated = Unpooled.wrappedBuffer(bytes("6a 02 0001"));
    assertNull(check.check(repeated));
    assertEquals("62020001", ByteBufUtil.hexDump(repeated), "as the decoder takes it");

    PacketCheck later = new PacketCheck();
    assertNull(later.check(Unpooled.wrappedBuffer(bytes(CONNECT_4))));
    ByteBuf untouched = Unpooled.wrappedBuffer(bytes("6a 02 0001"));
    later.check(untouched);
    assertEquals("6a020001", ByteBufUtil.hexDump(untouched), "the decoder refuses it");
  }

  @Test
  void shortPropertyBehindManyBytesIsFound() {
    EmbeddedChannel channel =
        new EmbeddedChannel(new PacketFramer(10_000), new MqttDecoder(10_000, 100, true));
    channel.writeInbound(Unpooled.wrappedBuffer(bytes(CONNECT_5)));
    MqttMessage connect = channel.readInbound();
    assertEquals(true, connect.decoderResult().isSuccess());
    byte[] value = new byte[200];
    java.util.Arrays.fill(value, (byte) 'v');
    byte[] properties =
        RawClient.bytes(
            bytes("26 0001 6b"),
            RawClient.text(new String(value, StandardCharsets.UTF_8)),
            bytes("0101"));
    int length = properties.length;
    byte[] body =
        RawClient.bytes(
            RawClient.text("t"),
            new byte[] {(byte) ((length & 127) | 128), (byte) (length >> 7)},
            properties,
            "text".getBytes(StandardCharsets.UTF_8));
    channel.writeInbound(
        Unpooled.wrappedBuffer(
            RawClient.bytes(
                new byte[] {0x30, (byte) ((body.length & 127) | 128), (byte) (body.length >> 7)},
                body)));
    MqttPublishMessage publish = channel.readInbound();
    assertArrayEquals(
        "text".getBytes(StandardCharsets.UTF_8), ByteBufUtil.getBytes(publish.payload()));
    MqttProperties read = publish.variableHeader().properties();
    assertEquals(1, read.getProperty(MqttProperties.PAYLOAD_FORMAT_INDICATOR).value());
    assertEquals(1, read.getProperties(MqttProperties.USER_PROPERTY).size());
    publish.release();
  }
}
