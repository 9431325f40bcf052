package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Statements of the standards that no other test comes across. */
class EdgeStatementsIT extends EdgeSuite {

  private static final byte[] NO_PROPERTIES = {0};

  /** CONNECT of MQTT 3.1.1 with these flags and fields; the answer, null where there is none. */
  private RawClient.Packet connack(int flags, String... fields) throws IOException {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      byte[] head = {4, (byte) flags, 0, 60};
      byte[] body = RawClient.bytes(RawClient.text("MQTT"), head);
      for (String field : fields) {
        body = RawClient.bytes(body, RawClient.text(field));
      }
      client.send(0x10, body);
      return client.read();
    }
  }

  @Test
  void fieldsAreThereAsTheFlagsSay() throws IOException {
    assertNull(connack(0xC2, newId(), USER), "no password (MQTT-3.1.2-19 of 3.1.1)");
    assertNull(connack(0xC2, newId()), "no user name (MQTT-3.1.2-17)");
    assertNull(connack(0x06, newId(), "topic"), "no will payload (MQTT-3.1.2-9)");
  }

  @Test
  void passwordNeedsAUserName() throws IOException {
    RawClient.Packet answer = connack(0x42, newId(), AuthDatabase.PASSWORD);
    assertFalse(answer != null && answer.at(1) == 0, "MQTT-3.1.2-22 of 3.1.1");
  }

  @Test
  void clientWithoutIdHasNoSession() throws IOException {
    RawClient.Packet refusal = connack(0xC0, "", USER, AuthDatabase.PASSWORD);
    assertEquals(2, refusal.at(1), "MQTT-3.1.3-8 of 3.1.1");
    assertEquals(0, connack(0xC2, "", USER, AuthDatabase.PASSWORD).at(1));
  }

  @Test
  void mqtt31ClientsHaveAnId() throws IOException {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      byte[] head = {3, (byte) 0xC2, 0, 60};
      client.send(
          0x10,
          RawClient.text("MQIsdp"),
          head,
          RawClient.text(""),
          RawClient.text(USER),
          RawClient.text(AuthDatabase.PASSWORD));
      assertEquals(2, client.read().at(1), "identifier rejected (MQTT 3.1, CONNACK)");
    }
  }

  @Test
  void refusalFindsNoSession() throws IOException {
    String id = newId();
    connectLasting(id, "").close();
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.connect(4, id, USER, "wrong");
      RawClient.Packet refusal = client.read();
      assertEquals(0, refusal.at(0), "session present (MQTT-3.2.2-6)");
      assertFalse(refusal.at(1) == 0);
      assertNull(client.read());
    }
  }

  @Test
  void byteOrderMarkIsACharacter() throws IOException {
    String id = newId();
    String topic = "clients/" + id + "/\uFEFFx";
    try (RawClient client = connectRaw(5, id)) {
      client.send(0x32, RawClient.text(topic), RawClient.number(1), NO_PROPERTIES);
      assertEquals(4, client.read().type());
    }
    assertEquals(
        topic,
        Await.value(
                "the message",
                () -> inbound.poll(m -> m.getClientId().equals(id)),
                list -> !list.isEmpty())
            .getFirst()
            .getTopic(),
        "MQTT-1.5.4-3");
  }

  @Test
  void aliasEndsWithItsConnection() throws IOException {
    String id = newId();
    byte[] alias = {3, 0x23, 0, 2};
    try (RawClient client = connectLasting(id, "")) {
      byte[] topic = RawClient.text("clients/" + id + "/x");
      client.send(0x32, topic, RawClient.number(1), alias);
      assertEquals(4, client.read().type());
    }
    try (RawClient client = connectLasting(id, "")) {
      client.send(0x32, RawClient.text(""), RawClient.number(2), alias);
      RawClient.Packet disconnect = client.read();
      assertEquals(14, disconnect.type(), "MQTT-3.3.2-7");
      assertEquals(ReasonCode.PROTOCOL_ERROR, disconnect.at(0));
    }
  }

  @Test
  void headersHaveTheirFlags() throws IOException {
    byte[] filter = RawClient.text("clients/x/y");
    for (int header : new int[] {0xA0, 0xE1, 0xC8, 0x60}) {
      try (RawClient client = connectRaw(5, newId())) {
        byte[] body =
            header == 0xA0
                ? RawClient.bytes(RawClient.number(1), NO_PROPERTIES, filter)
                : header == 0x60 ? RawClient.number(1) : new byte[0];
        client.send(header, body);
        RawClient.Packet disconnect = client.read();
        String which = HexFormat.of().toHexDigits((byte) header);
        assertNotNull(disconnect, which);
        assertEquals(14, disconnect.type(), which);
        assertEquals(ReasonCode.MALFORMED_PACKET, disconnect.at(0), which);
        assertNull(client.read(), which);
      }
    }
  }

  @Test
  void reasonStringsStayOutOfPacketsThatWouldBeTooLarge() throws IOException {
    byte[] payload = {1, 1, (byte) 0xFF}; // says that it is text
    String id = newId();
    byte[] topic = RawClient.text("clients/" + id + "/x");
    try (RawClient client = connectLasting(id, "27 00000064")) { // at most 100 bytes
      client.send(0x32, topic, RawClient.number(1), new byte[] {2}, payload);
      RawClient.Packet puback = client.read();
      assertEquals(ReasonCode.PAYLOAD_FORMAT_INVALID, puback.at(2));
      assertEquals(4, puback.length(), "no properties: MQTT-3.4.2-2");
    }
  }

  @Test
  void connackIsNotLargerThanTheClientTakes() throws IOException {
    String id = newId();
    try (RawClient client = connectLasting(id, "27 00000010")) {
      client.send(0xC0);
      assertEquals(13, client.read().type(), "in 16 bytes there is room for all that it must know");
    }
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.send(0x10, RawClient.connectBody5(id, false, "27 0000000f"));
      assertNull(client.read(), "not even why (MQTT-3.1.2-24, -3.2.2-19)");
    }
  }

  @Test
  void answersAreNotLargerThanTheClientTakes() throws IOException {
    byte[] many = new byte[0];
    byte[] manyWithOptions = new byte[0];
    for (int i = 0; i < 20; i++) {
      byte[] filter = RawClient.text("foreign/" + i);
      many = RawClient.bytes(many, filter);
      manyWithOptions = RawClient.bytes(manyWithOptions, filter, new byte[] {0});
    }
    try (RawClient client = connectLasting(newId(), "27 00000018")) {
      client.send(0x82, RawClient.number(1), NO_PROPERTIES, manyWithOptions);
      client.send(0xA2, RawClient.number(2), NO_PROPERTIES, many);
      client.send(0xC0);
      assertEquals(13, client.read().type(), "SUBACK and UNSUBACK have 25 bytes (MQTT-3.1.2-24)");
    }
  }

  @Test
  void textFrameEndsAWebSocket() throws Exception {
    CompletableFuture<String> end = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            end.complete("closed");
            return null;
          }

          @Override
          public void onError(WebSocket socket, Throwable failure) {
            end.complete("closed");
          }
        };
    try (HttpClient http = HttpClient.newHttpClient()) {
      WebSocket socket =
          http.newWebSocketBuilder()
              .subprotocols("mqtt")
              .buildAsync(URI.create(edge.websocket()), listener)
              .get(30, TimeUnit.SECONDS);
      assertEquals("mqtt", socket.getSubprotocol(), "MQTT-6.0.0-4");
      var _ = socket.sendText("hello", true);
      assertEquals("closed", end.get(30, TimeUnit.SECONDS), "MQTT-6.0.0-1");
      socket.abort();
    }
  }
}
