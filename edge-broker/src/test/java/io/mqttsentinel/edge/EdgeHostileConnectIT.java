package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes in place of a CONNECT that could be let in, and before its CONNACK. */
class EdgeHostileConnectIT extends HostileSuite {

  private static final int NONE = -1;

  @Override
  Map<String, Object> settings() {
    return Map.of("sentinel.edge.connect-timeout", "2s", "sentinel.edge.max-client-id-length", 64);
  }

  /** Sends a first packet; checks CONNACK's code, or that there is none. */
  private void notLetIn(int code, String event, int header, byte[]... body) throws IOException {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.send(header, body);
      RawClient.Packet connack = client.read();
      if (code == NONE) {
        assertNull(connack);
      } else {
        assertTrue(connack != null && connack.type() == 2, "CONNACK expected, got " + connack);
        assertEquals(code, connack.at(1));
        assertNull(client.read(), "the edge closes");
      }
    }
    awaitEvent(event, null);
  }

  @Test
  void packetBeforeConnect() throws IOException {
    notLetIn(NONE, "packet_before_connect", 0x30, RawClient.text("clients/x/y"), utf8("hello"));
    notLetIn(NONE, "packet_before_connect", 0xC0);
  }

  @Test
  void nothingAtAll() throws IOException {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      assertNull(client.read(), "the edge does not wait for ever");
    }
    awaitEvent("connect_timeout", null);
  }

  @Test
  void connectThatNeverEnds() throws IOException {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.sendRaw(new byte[] {0x10, 0x7F, 0, 4, 'M', 'Q'});
      assertNull(client.read());
    }
    awaitEvent("connect_timeout", null);
  }

  @Test
  void unknownProtocolVersion() throws IOException {
    notLetIn(1, "protocol_version", 0x10, connect(9, newId()));
  }

  @Test
  void clientIdsThatDoNotFitIntoATopic() throws IOException {
    for (String id : new String[] {"a/b", "+", "a#", "a\u0007b", "x".repeat(65)}) {
      notLetIn(ReasonCode.CLIENT_ID_NOT_VALID, "client_id_invalid", 0x10, connect(5, id));
      notLetIn(2, "client_id_invalid", 0x10, connect(4, id));
    }
  }

  @Test
  void userNamesThatNoAccountHas() throws IOException {
    String name = "u".repeat(1025);
    byte[] five = RawClient.connectBody(5, newId(), name, "pw");
    byte[] four = RawClient.connectBody(4, newId(), name, "pw");
    notLetIn(ReasonCode.BAD_CREDENTIALS, "username_too_long", 0x10, five);
    notLetIn(4, "username_too_long", 0x10, four);
    String id = newId();
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.send(0x10, RawClient.connectBody(5, id, "u".repeat(1024), "pw"));
      assertEquals(ReasonCode.BAD_CREDENTIALS, client.read().at(1));
    }
    Await.until(
        "the beginning of the name in the audit",
        () ->
            audits.poll(a -> a.getClientId().equals(id)).stream()
                .anyMatch(a -> a.getUsername().equals("u".repeat(256))));
  }

  @Test
  void userNamesWithControlCharacters() throws IOException {
    byte[] five = RawClient.connectBody(5, newId(), "a\u0007b", "pw");
    byte[] four = RawClient.connectBody(4, newId(), "a\uFFFFb", "pw");
    notLetIn(ReasonCode.MALFORMED_PACKET, "username_control_character", 0x10, five);
    notLetIn(NONE, "username_control_character", 0x10, four);
  }

  @Test
  void willsThatAreNone() throws IOException {
    byte[] head = {4, (byte) 0xC6, 0, 60};
    notLetIn(NONE, "will_topic_wildcard", 0x10, connectWithWill(head, "will/#"));
    byte[] qos3 = {4, (byte) 0xDE, 0, 60};
    notLetIn(NONE, "will_qos_invalid", 0x10, connectWithWill(qos3, "will"));
  }

  private byte[][] connectWithWill(byte[] head, String topic) {
    return new byte[][] {
      RawClient.text("MQTT"),
      head,
      RawClient.text(newId()),
      RawClient.text(topic),
      RawClient.text("gone"),
      RawClient.text(USER),
      RawClient.text(AuthDatabase.PASSWORD)
    };
  }

  @Test
  void connectWithFlagsThatAreNone() throws IOException {
    byte[] reserved = connect(4, newId());
    reserved[7] |= 1;
    notLetIn(NONE, "malformed_packet", 0x10, reserved);
    byte[] will = connect(5, newId());
    will[7] |= 0x20; // will retain without will
    notLetIn(ReasonCode.MALFORMED_PACKET, "will_flags", 0x10, will);
    byte[] zero = RawClient.connectBody5(newId(), true, "21 0000");
    notLetIn(ReasonCode.PROTOCOL_ERROR, "receive_maximum_zero", 0x10, zero);
  }

  @Test
  void floodBeforeConnack() throws IOException {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      byte[] connect = connect(5, newId());
      byte[] pings = new byte[2000];
      for (int i = 0; i < pings.length; i += 2) {
        pings[i] = (byte) 0xC0;
      }
      client.sendRaw(RawClient.bytes(new byte[] {0x10, (byte) connect.length}, connect, pings));
      RawClient.Packet connack = client.read();
      assertEquals(2, connack.type());
      assertEquals(ReasonCode.QUOTA_EXCEEDED, connack.at(1));
    }
    awaitEvent("too_many_packets_before_connack", null);
  }

  @Test
  void packetsRightBehindConnectAreServed() throws IOException {
    String id = newId();
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      byte[] connect = connect(4, id);
      byte[] topic = RawClient.text("clients/" + id + "/x");
      client.sendRaw(
          RawClient.bytes(
              new byte[] {0x10, (byte) connect.length},
              connect,
              new byte[] {(byte) 0x82, (byte) (topic.length + 3), 0, 1},
              topic,
              new byte[] {1, 0x32, (byte) (topic.length + 2)},
              topic,
              new byte[] {0, 2, (byte) 0xC0, 0}));
      assertEquals(2, client.read().type());
      boolean[] seen = new boolean[16];
      while (!(seen[9] && seen[4] && seen[13])) { // SUBACK, PUBACK, PINGRESP
        seen[client.read().type()] = true;
      }
    }
  }

  @Test
  void httpBesideTheWebSocketPath() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", edge.server().websocketPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(utf8("GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      InputStream in = socket.getInputStream();
      assertEquals(0, in.readAllBytes().length, "closed without a word");
    }
    awaitEvent("not_an_mqtt_packet", null);
  }

  /** An event, and nothing in the log: a stranger could fill it so. */
  @ParameterizedTest
  @CsvSource({
    "not masked, 8202c000",
    "reserved bits, c28200000000c000",
    "PING of 126 bytes, 89fe007e00000000",
    "length below zero, 82ffffffffffffffffff00000000",
  })
  void webSocketFramesThatAreNone(String name, String frame) throws IOException {
    double before = edge.counter("sentinel.edge.refused", "reason", "websocket_frame_invalid");
    try (Socket socket = new Socket("127.0.0.1", edge.server().websocketPort())) {
      socket.setSoTimeout(20_000);
      String upgrade =
          """
          GET /mqtt HTTP/1.1\r
          Host: localhost\r
          Upgrade: websocket\r
          Connection: Upgrade\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Protocol: mqtt\r
          \r
          """;
      socket.getOutputStream().write(utf8(upgrade));
      InputStream in = socket.getInputStream();
      assertEquals("HTTP/1.1 101", new String(in.readNBytes(12), StandardCharsets.US_ASCII));
      socket.getOutputStream().write(HexFormat.of().parseHex(frame));
      var _ = in.readAllBytes(); // to the end of the answer and of the connection
    }
    Await.until(
        name,
        () -> edge.counter("sentinel.edge.refused", "reason", "websocket_frame_invalid") > before);
    awaitEvent("websocket_frame_invalid", null);
  }
}
