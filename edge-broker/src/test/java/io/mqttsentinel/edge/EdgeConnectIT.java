package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthResult;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.testing.Await;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** CONNECT of who is let in, and what he is told of it. */
class EdgeConnectIT extends EdgeSuite {

  @Override
  Map<String, Object> settings() {
    return Map.of("sentinel.edge.longest-keep-alive", "90s", "sentinel.edge.session-timeout", "5s");
  }

  @Test
  void connackTellsWhatTheEdgeCanDo() {
    Mqtt5BlockingClient client = hive(newId());
    Mqtt5ConnAck connack =
        client
            .connectWith()
            .cleanStart(true)
            .sessionExpiryInterval(30L * 24 * 3600)
            .keepAlive(1000)
            .send();
    assertFalse(connack.isSessionPresent());
    assertEquals(MqttQos.EXACTLY_ONCE, connack.getRestrictions().getMaximumQos());
    assertEquals(256, connack.getRestrictions().getReceiveMaximum());
    assertEquals(262144, connack.getRestrictions().getMaximumPacketSize());
    assertEquals(10, connack.getRestrictions().getTopicAliasMaximum());
    assertTrue(connack.getRestrictions().isRetainAvailable());
    assertTrue(connack.getRestrictions().isWildcardSubscriptionAvailable());
    assertTrue(connack.getRestrictions().areSubscriptionIdentifiersAvailable());
    assertTrue(connack.getRestrictions().isSharedSubscriptionAvailable());
    assertEquals(90, connack.getServerKeepAlive().orElseThrow());
    assertEquals(7L * 24 * 3600, connack.getSessionExpiryInterval().orElseThrow());
    client.disconnect();
  }

  @Test
  void keepAliveThatIsShortEnoughIsTheClients() {
    for (int wanted : new int[] {0, 2, 90}) {
      Mqtt5BlockingClient client = hive(newId());
      Mqtt5ConnAck connack = client.connectWith().cleanStart(true).keepAlive(wanted).send();
      assertEquals(
          wanted == 0 ? OptionalInt.of(90) : OptionalInt.empty(), connack.getServerKeepAlive());
      client.disconnect();
    }
  }

  @Test
  void clientWithoutIdGetsOne() {
    Mqtt5BlockingClient client = hive("");
    Mqtt5ConnAck connack = client.connect();
    String assigned = connack.getAssignedClientIdentifier().orElseThrow().toString();
    assertEquals(assigned, fanout.opened(assigned).getClientId());
    client.disconnect();
  }

  @Test
  void newConnectionTakesOverTheOlder() throws Exception {
    String id = newId();
    try (RawClient first = connectRaw(5, id)) {
      Mqtt5BlockingClient second = connectHive(id);
      RawClient.Packet disconnect = first.read();
      assertEquals(14, disconnect.type());
      assertEquals(ReasonCode.TAKEN_OVER, disconnect.at(0));
      assertEquals(null, first.read(), "the edge closes");
      second.disconnect();
    }
    // In any order: the first socket was open until its client closed it.
    List<SessionClose> closes =
        Await.value(
            "both ends", () -> fanout.bodies(id, SessionClose.class), list -> list.size() == 2);
    assertEquals(
        Set.of(CloseCause.TAKEN_OVER, CloseCause.CLIENT_DISCONNECT),
        closes.stream().map(SessionClose::getCause).collect(Collectors.toSet()));
  }

  @Test
  void sessionThatIsThereIsReported() {
    String id = newId();
    Mqtt5BlockingClient client = hive(id);
    var _ = client.connectWith().cleanStart(true).sessionExpiryInterval(3600).send();
    client.disconnect();
    Mqtt5ConnAck again = client.connectWith().cleanStart(false).sessionExpiryInterval(3600).send();
    assertTrue(again.isSessionPresent());
    client.disconnect();
  }

  @Test
  void mqtt31ClientsAreLetIn() throws Exception {
    String id = newId(); // longer than the 23 characters that MQTT 3.1 asks for
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.send(
          0x10,
          RawClient.text("MQIsdp"),
          new byte[] {3, (byte) 0xC0, 0, 60},
          RawClient.text(id),
          RawClient.text(USER),
          RawClient.text(AuthDatabase.PASSWORD));
      assertEquals("20 0000", client.read().toString());
      client.send(0xC0);
      assertEquals(13, client.read().type());
    }
    assertEquals(3, ((SessionOpen) fanout.opened(id).getBody()).getProtocolVersion());
  }

  @Test
  void sessionThatNobodyOwnsIsRefusedInTime() throws Exception {
    // Our double answers in another region.
    Map<String, Object> elsewhere =
        Map.of("sentinel.node.region", "elsewhere", "sentinel.edge.session-timeout", "1s");
    try (TestEdge alone = TestEdge.start(3, database.url(), elsewhere)) {
      String id = newId();
      byte[] connect = RawClient.connectBody(4, id, USER, AuthDatabase.PASSWORD);
      try (RawClient client = new RawClient(alone.server().tcpPort())) {
        connect[7] = (byte) 0xC0; // no clean session
        client.send(0x10, connect);
        RawClient.Packet connack = client.read();
        assertEquals(2, connack.type());
        assertEquals(3, connack.at(1));
        assertNull(client.read(), "the edge closes");
      }
      SessionClose close = fanout.closed(id);
      assertEquals(ReasonCode.SERVER_UNAVAILABLE, close.getReasonCode());
      try (RawClient client = new RawClient(alone.server().tcpPort())) {
        client.connect(4, newId(), USER, AuthDatabase.PASSWORD);
        assertEquals(0, client.read().at(1), "a transient session needs no owner");
      }
    }
  }

  @Test
  void edgeReportsThatItLives() {
    Await.until(
        "heartbeats",
        () ->
            edgeEvents
                    .poll(
                        e ->
                            e.getEdge().equals(edge.name())
                                && e.getType() == EdgeEventType.HEARTBEAT)
                    .size()
                > 1);
    Await.until("ready", () -> status(edge).equals(HealthStatus.UP));
  }

  private static HealthStatus status(TestEdge edge) {
    HealthResult result = Mono.from(edge.bean(EdgeHealth.class).getResult()).block();
    return result.getStatus();
  }
}
