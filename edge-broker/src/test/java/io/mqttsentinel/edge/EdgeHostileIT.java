package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packets that nobody should send. Each time a well-behaved client beside is not disturbed. */
class EdgeHostileIT extends EdgeSuite {

  private static final int NONE = -1;
  private static final byte[] MUCH_MORE = new byte[300_000];

  private Mqtt5BlockingClient bystander;
  private String bystanderId;

  @Override
  Map<String, Object> settings() {
    return Map.of("sentinel.edge.connect-timeout", "2s", "sentinel.edge.max-client-id-length", 64);
  }

  @BeforeEach
  void connectBystander() {
    bystanderId = newId();
    bystander = connectHive(bystanderId);
  }

  @AfterEach
  void bystanderIsUndisturbed() {
    var _ =
        bystander
            .publishWith()
            .topic("clients/" + bystanderId + "/alive")
            .qos(MqttQos.AT_LEAST_ONCE)
            .send();
    bystander.disconnect();
  }

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

  private void awaitEvent(String detail, String clientId) {
    EdgeEvent event =
        Await.value(
                "an event " + detail,
                () ->
                    edgeEvents.poll(
                        e ->
                            e.getDetail().equals(detail)
                                && (clientId == null || clientId.equals(e.getClientId()))),
                list -> !list.isEmpty())
            .getFirst();
    assertTrue(event.getRemoteAddress().startsWith("127.0.0.1:"));
    assertTrue(edge.counter("sentinel.edge.refused", "reason", detail) > 0);
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

  private static byte[] connect(int version, String clientId) {
    return RawClient.connectBody(version, clientId, USER, AuthDatabase.PASSWORD);
  }

  @Test
  void secondConnect() throws IOException {
    refused(5, ReasonCode.PROTOCOL_ERROR, "second_connect", 0x10, connect(5, newId()));
    refused(4, 0, "second_connect", 0x10, connect(4, newId()));
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
  void willsThatAreNone() throws IOException {
    byte[] head = {4, (byte) 0xC6, 0, 60};
    notLetIn(
        NONE,
        "will_topic_wildcard",
        0x10,
        RawClient.text("MQTT"),
        head,
        RawClient.text(newId()),
        RawClient.text("will/#"),
        RawClient.text("gone"),
        RawClient.text(USER),
        RawClient.text(AuthDatabase.PASSWORD));
    byte[] qos3 = {4, (byte) 0xDE, 0, 60};
    notLetIn(
        NONE,
        "will_qos_invalid",
        0x10,
        RawClient.text("MQTT"),
        qos3,
        RawClient.text(newId()),
        RawClient.text("will"),
        RawClient.text("gone"),
        RawClient.text(USER),
        RawClient.text(AuthDatabase.PASSWORD));
  }

  @Test
  void topicsThatAreNone() throws IOException {
    byte[] id = RawClient.number(1);
    byte[] none = {0};
    refused(5, ReasonCode.TOPIC_INVALID, "topic_wildcard", 0x32, RawClient.text("a/+/b"), id, none);
    refused(4, 0, "topic_wildcard", 0x32, RawClient.text("a/#"), id);
    refused(5, ReasonCode.PROTOCOL_ERROR, "topic_empty", 0x32, RawClient.text(""), id, none);
    refused(4, 0, "topic_empty", 0x32, RawClient.text(""), id);
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

  @Test
  void shareWithoutFilterDoesNotStopAnything() throws IOException {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      client.send(
          0x82,
          RawClient.number(5),
          new byte[] {0},
          RawClient.text("$share/x"),
          new byte[] {1},
          RawClient.text("a/#/b"),
          new byte[] {1},
          RawClient.text("/".repeat(60_000)),
          new byte[] {1});
      RawClient.Packet suback = client.read();
      assertEquals(9, suback.type());
      assertEquals(ReasonCode.FILTER_INVALID, suback.at(3));
      assertEquals(ReasonCode.FILTER_INVALID, suback.at(4));
      assertEquals(ReasonCode.FILTER_INVALID, suback.at(5));
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

  /** A reset could reach the client before it has read why. */
  @Test
  void lastWordsAreNotFollowedByAResetThoughMoreCame() throws IOException {
    byte[] packet = RawClient.packet(0x10, connect(5, newId()));
    byte[] invalid = RawClient.packet(0x10, connect(5, "a/b"));
    try (RawClient client = connectRaw(5, newId())) {
      client.sendRaw(RawClient.bytes(packet, MUCH_MORE));
      assertEquals(ReasonCode.PROTOCOL_ERROR, client.read().at(0));
      client.readToEnd();
    }
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.sendRaw(RawClient.bytes(invalid, MUCH_MORE));
      assertEquals(ReasonCode.CLIENT_ID_NOT_VALID, client.read().at(1));
      client.readToEnd();
    }
  }

  @Test
  void webSocketEndsInOrder() throws Exception {
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            ended.complete(status);
            return null;
          }

          @Override
          public void onError(WebSocket socket, Throwable failure) {
            ended.completeExceptionally(failure);
          }
        };
    try (HttpClient http = HttpClient.newHttpClient()) {
      WebSocket socket =
          http.newWebSocketBuilder()
              .subprotocols("mqtt")
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + edge.server().websocketPort() + "/mqtt"), listener)
              .get(1, TimeUnit.MINUTES);
      byte[] invalid = RawClient.packet(0x10, connect(5, "a/b"));
      socket.sendBinary(ByteBuffer.wrap(invalid), true).get(1, TimeUnit.MINUTES);
      var _ = socket.sendBinary(ByteBuffer.wrap(new byte[50_000]), true); // as far as it gets
      assertEquals(WebSocket.NORMAL_CLOSURE, ended.get(1, TimeUnit.MINUTES));
    }
  }

  /** Who reads nothing and closes nothing is not waited for. */
  @Test
  void clientThatDoesNotCloseIsClosed() throws IOException {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      client.send(0x10, connect(5, newId()));
      awaitEvent("second_connect", id);
      Await.until("its end", () -> !fanout.bodies(id, SessionClose.class).isEmpty());
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
