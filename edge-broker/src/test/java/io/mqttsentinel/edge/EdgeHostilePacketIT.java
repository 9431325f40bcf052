package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets of a client that was let in. */
class EdgeHostilePacketIT extends HostileSuite {

  /** Sends a packet as a connected client and checks how the edge ends it. */
  private void refused(int version, int reasonCode, String event, int header, byte[]... body)
      throws IOException {
    String id = newId();
    try (RawClient client = connectRaw(version, id)) {
      client.send(header, body);
      RawClient.Packet last = client.read();
      if (version == 5) {
        assertTrue(last != null && last.type() == 14, "DISCONNECT expected, got " + last);
        assertEquals(reasonCode, last.at(0));
        last = client.read();
      }
      assertNull(last, "the edge closes");
    }
    awaitEvent(event, id);
  }

  @Test
  void secondConnect() throws IOException {
    refused(5, ReasonCode.PROTOCOL_ERROR, "second_connect", 0x10, connect(5, newId()));
    refused(4, 0, "second_connect", 0x10, connect(4, newId()));
  }

  @Test
  void topicsThatAreNone() throws IOException {
    byte[] id = RawClient.number(1);
    byte[] none = {0};
    refused(5, ReasonCode.TOPIC_INVALID, "topic_wildcard", 0x32, RawClient.text("a/+/b"), id, none);
    refused(4, 0, "topic_wildcard", 0x32, RawClient.text("a/#"), id);
    refused(5, ReasonCode.PROTOCOL_ERROR, "topic_empty", 0x32, RawClient.text(""), id, none);
    refused(4, 0, "topic_empty", 0x32, RawClient.text(""), id);
    byte[] control = RawClient.text("a\u0001b"); // which 1.5.4 lets a receiver refuse
    int malformed = ReasonCode.MALFORMED_PACKET;
    refused(5, malformed, "topic_control_character", 0x32, control, id, none);
    refused(4, 0, "topic_control_character", 0x32, control, id);
    refused(
        5,
        ReasonCode.TOPIC_INVALID,
        "topic_too_deep",
        0x32,
        RawClient.text("/".repeat(60_000)),
        id,
        none);
  }

  @Test
  void textThatIsNotUtf8() throws IOException {
    byte[] id = RawClient.number(1);
    for (String topic : new String[] {"61c328", "61ff", "c080", "eda080", "610062"}) {
      byte[] bytes = HexFormat.of().parseHex(topic);
      String id5 = newId();
      try (RawClient client = connectRaw(5, id5)) {
        client.send(0x32, RawClient.number(bytes.length), bytes, id, new byte[] {0});
        RawClient.Packet last = client.read();
        assertEquals(14, last.type());
        assertEquals(ReasonCode.MALFORMED_PACKET, last.at(0), topic);
      }
    }
  }

  @Test
  void packetIdZero() throws IOException {
    byte[] zero = RawClient.number(0);
    refused(
        5,
        ReasonCode.PROTOCOL_ERROR,
        "packet_id_zero",
        0x32,
        RawClient.text("a"),
        zero,
        new byte[] {0});
    refused(4, 0, "packet_id_zero", 0x82, zero, RawClient.text("a"), new byte[] {0});
  }

  @ParameterizedTest
  @CsvSource({
    "'', filter_invalid",
    "a/#/b, filter_invalid",
    "a+, filter_invalid",
    "$share/group/a#, filter_invalid",
    "$share/x, shared_filter_invalid",
    "$share//x, shared_filter_invalid",
    "$share/a+/x, shared_filter_invalid",
    "a\u0001b, filter_control_character",
  })
  void filtersThatAreNone(String filter, String cause) throws IOException {
    boolean shared = cause.startsWith("shared");
    int code = shared ? ReasonCode.PROTOCOL_ERROR : ReasonCode.MALFORMED_PACKET;
    byte[] id = RawClient.number(5);
    byte[] text = RawClient.text(filter);
    refused(5, code, cause, 0x82, id, new byte[1], text, new byte[1]);
    refused(5, code, cause, 0xA2, id, new byte[1], text);
    refused(4, 0, cause, 0x82, id, text, new byte[1]);
    refused(4, 0, cause, 0xA2, id, text);
  }

  /** It has a reason code of its own, and the others in the packet are served. */
  @Test
  void filterThatIsTooDeepIsRefusedAlone() throws IOException {
    try (RawClient client = connectRaw(5, newId())) {
      byte[] deep = RawClient.text("/".repeat(60_000));
      client.send(0x82, RawClient.number(5), new byte[1], deep, new byte[1]);
      RawClient.Packet suback = client.read();
      assertEquals(9, suback.type());
      assertEquals(ReasonCode.FILTER_INVALID, suback.at(3));
    }
  }

  @Test
  void subscribeToNothing() throws IOException {
    refused(
        5, ReasonCode.PROTOCOL_ERROR, "no_topic_filter", 0x82, RawClient.number(5), new byte[1]);
    refused(4, 0, "no_topic_filter", 0x82, RawClient.number(5));
    refused(4, 0, "no_topic_filter", 0xA2, RawClient.number(5));
  }

  @Test
  void topicAliasesThatAreNone() throws IOException {
    byte[] topic = RawClient.text("clients/x/y");
    byte[] zero = {3, 0x23, 0, 0};
    byte[] eleven = {3, 0x23, 0, 11};
    int invalid = ReasonCode.TOPIC_ALIAS_INVALID;
    refused(5, invalid, "topic_alias_invalid", 0x30, topic, zero);
    refused(5, invalid, "topic_alias_invalid", 0x30, topic, eleven);
    byte[] unknown = {3, 0x23, 0, 7};
    refused(5, ReasonCode.PROTOCOL_ERROR, "topic_alias_unknown", 0x30, RawClient.text(""), unknown);
  }

  @Test
  void sharedSubscriptionWithNoLocal() throws IOException {
    refused(
        5,
        ReasonCode.PROTOCOL_ERROR,
        "no_local_with_shared",
        0x82,
        RawClient.number(5),
        new byte[1],
        RawClient.text("$share/g/a"),
        new byte[] {5});
  }

  @Test
  void authenticationOutOfTurn() throws IOException {
    refused(5, ReasonCode.PROTOCOL_ERROR, "packet_not_expected", 0xF0, new byte[] {0x18, 0});
    refused(4, 0, "malformed_packet", 0xF0);
  }

  @Test
  void propertiesThatDoNotBelongThere() throws IOException {
    byte[] topic = RawClient.text("a");
    byte[] receiveMaximum = {3, 0x21, 0, 1};
    refused(5, ReasonCode.MALFORMED_PACKET, "property_not_allowed", 0x30, topic, receiveMaximum);
    byte[] subscriptionId = {2, 0x0B, 1};
    refused(
        5, ReasonCode.PROTOCOL_ERROR, "subscription_id_in_publish", 0x30, topic, subscriptionId);
    byte[] wildcard = RawClient.bytes(new byte[] {4, 8}, new byte[] {0, 1, '#'});
    refused(5, ReasonCode.PROTOCOL_ERROR, "response_topic_invalid", 0x30, topic, wildcard);
  }

  @Test
  void packetsOfAServer() throws IOException {
    refused(5, ReasonCode.PROTOCOL_ERROR, "packet_not_expected", 0xD0);
    refused(4, 0, "packet_not_expected", 0x20, new byte[2]);
  }

  /** The announcement suffices: nobody has to wait for the bytes, or to keep them. */
  @Test
  void packetThatIsTooLarge() throws IOException {
    byte[] length = {(byte) 0xE0, (byte) 0xA7, 0x12}; // 300 000
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      client.sendRaw(
          RawClient.bytes(new byte[] {0x30}, length, RawClient.text("clients/x/y"), new byte[9]));
      RawClient.Packet disconnect = client.read();
      assertEquals(14, disconnect.type());
      assertEquals(ReasonCode.PACKET_TOO_LARGE, disconnect.at(0));
      assertNull(client.read(), "the edge closes");
    }
    awaitEvent("packet_too_large", id);
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.sendRaw(RawClient.bytes(new byte[] {0x10}, length, connect(5, newId())));
      RawClient.Packet connack = client.read();
      assertEquals(2, connack.type());
      assertEquals(ReasonCode.PACKET_TOO_LARGE, connack.at(1));
      assertNull(client.read(), "the edge closes");
    }
  }

  @Test
  void headersThatAreNone() throws IOException {
    refused(5, ReasonCode.MALFORMED_PACKET, "malformed_packet", 0x36, new byte[20]);
    refused(5, ReasonCode.MALFORMED_PACKET, "malformed_packet", 0x80, new byte[20]);
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      client.sendRaw(new byte[] {0x30, -1, -1, -1, -1, 1});
      assertEquals(ReasonCode.MALFORMED_PACKET, client.read().at(0));
    }
  }

  @Test
  void noise() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      try (RawClient client = new RawClient(edge.server().tcpPort())) {
        client.sendRaw(bytes);
      }
    }
    // And behind a valid CONNECT.
    for (int i = 0; i < 100; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      bytes[0] = (byte) (0x20 | bytes[0]);
      try (RawClient client = connectRaw(i % 2 == 0 ? 4 : 5, newId())) {
        client.sendRaw(Arrays.copyOf(bytes, bytes.length));
      }
    }
    Await.until("everybody but the bystander is gone", () -> edge.server().connections() == 1);
  }
}
