package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthResult;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
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
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** CONNECT: who is let in, who is not, and what everybody is told of it. */
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
  void sessionIsAnnouncedWithTheGrantAndClosedWithItsCause() {
    String id = newId();
    Mqtt5BlockingClient client = connectHive(id);
    SessionOpen open = (SessionOpen) fanout.opened(id).getBody();
    assertEquals(5, open.getProtocolVersion());
    assertTrue(open.getCleanStart());
    assertEquals(0, open.getSessionExpirySeconds());
    assertEquals(USER, open.getUsername());
    assertEquals(100, open.getReceiveMaximum(), "the smaller of its window and ours");
    assertEquals("clients/" + id + "/#", open.getPermissions().getFirst().getTopicFilter());
    client.disconnect();
    SessionClose close =
        Await.value("its end", () -> fanout.bodies(id, SessionClose.class), list -> !list.isEmpty())
            .getFirst();
    assertEquals(CloseCause.CLIENT_DISCONNECT, close.getCause());
    assertTrue(close.getDiscardWill());
    assertEquals(List.of("connect", "disconnect"), activities(id));
  }

  private List<String> activities(String clientId) {
    return Await.value(
        "two audit records",
        () ->
            audits.poll(a -> a.getClientId().equals(clientId)).stream()
                .map(a -> a.getActivity().name().toLowerCase(java.util.Locale.ROOT))
                .toList(),
        list -> list.size() >= 2);
  }

  @Test
  void lostConnectionKeepsItsWill() throws Exception {
    String id = newId();
    connectRaw(4, id).close();
    SessionClose close =
        Await.value("its end", () -> fanout.bodies(id, SessionClose.class), list -> !list.isEmpty())
            .getFirst();
    assertEquals(CloseCause.CONNECTION_LOST, close.getCause());
    assertFalse(close.getDiscardWill());
  }

  @Test
  void wrongPasswordIsRefusedAndAudited() throws Exception {
    String id = newId();
    Mqtt5BlockingClient client = hive(id);
    assertEquals(Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD, refusal(client, USER, "wrong"));
    AuthAudit audit = audit(id);
    assertEquals("bad_credentials", audit.getCause());
    assertEquals(USER, audit.getUsername());
    assertEquals("jdbc", audit.getAuthenticator());
    assertTrue(audit.getElapsedMicros() > 0);
    MqttException refused = assertThrows(MqttException.class, () -> connect3(id, "wrong"));
    assertEquals(MqttException.REASON_CODE_FAILED_AUTHENTICATION, refused.getReasonCode());
    assertTrue(fanout.events(id).isEmpty(), "a session was opened for a stranger");
  }

  @Test
  void unknownUserLooksLikeAWrongPassword() {
    String id = newId();
    assertEquals(
        Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD,
        refusal(hive(id), "nobody", AuthDatabase.PASSWORD));
    assertEquals("bad_credentials", audit(id).getCause());
  }

  @Test
  void clientWithoutCredentialsIsRefused() throws Exception {
    String id = newId();
    MqttClient client = new MqttClient(edge.tcp(), id, null);
    MqttException refused = assertThrows(MqttException.class, client::connect);
    assertEquals(MqttException.REASON_CODE_NOT_AUTHORIZED, refused.getReasonCode());
    assertEquals("no_authenticator_decided", audit(id).getCause());
  }

  @Test
  void accountOfOneClientIdIsOnlyForThat() throws Exception {
    String only = newId();
    database.user(only, Hashes.sha256("s", AuthDatabase.PASSWORD), "s", false, only);
    String other = newId();
    assertEquals(
        Mqtt5ConnAckReasonCode.NOT_AUTHORIZED, refusal(hive(other), only, AuthDatabase.PASSWORD));
    assertEquals("client_id_not_allowed", audit(other).getCause());
  }

  @Test
  void willToAForeignTopicIsRefused() {
    String id = newId();
    var refused =
        assertThrows(
            Mqtt5ConnAckException.class,
            () ->
                hive(id)
                    .connectWith()
                    .willPublish()
                    .topic("clients/other/alerts")
                    .applyWillPublish()
                    .send());
    assertEquals(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED, refused.getMqttMessage().getReasonCode());
    assertEquals("will_topic_denied", audit(id).getCause());
  }

  @Test
  void willIsAnnouncedWithTheSession() {
    String id = newId();
    Mqtt5BlockingClient client = hive(id);
    var _ =
        client
            .connectWith()
            .willPublish()
            .topic("clients/" + id + "/gone")
            .qos(MqttQos.EXACTLY_ONCE)
            .retain(true)
            .payload(utf8("gone"))
            .delayInterval(5)
            .contentType("text/plain")
            .applyWillPublish()
            .send();
    SessionOpen open = (SessionOpen) fanout.opened(id).getBody();
    assertEquals("clients/" + id + "/gone", open.getWill().getTopic());
    assertEquals(2, open.getWill().getQos());
    assertTrue(open.getWill().getRetain());
    assertEquals(5, open.getWill().getDelaySeconds());
    assertEquals("text/plain", open.getWill().getProperties().getContentType());
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
  void enhancedAuthenticationIsRefusedByItsName() throws Exception {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.send(0x10, RawClient.connectBody5(newId(), true, "15 0001 78"));
      RawClient.Packet connack = client.read();
      assertEquals(2, connack.type());
      assertEquals(ReasonCode.BAD_AUTHENTICATION_METHOD, connack.at(1));
      assertNull(client.read(), "the edge closes");
    }
  }

  @Test
  void disconnectChangesTheExpiry() throws Exception {
    String id = newId();
    try (RawClient client = connectLasting(id, "")) {
      client.send(0xE0, new byte[] {0, 5, 0x11, 0, 0, 0, 60});
      assertNull(client.read());
    }
    SessionClose close =
        Await.value("its end", () -> fanout.bodies(id, SessionClose.class), list -> !list.isEmpty())
            .getFirst();
    assertEquals(60, close.getSessionExpirySeconds());
    assertTrue(close.getDiscardWill());
  }

  @Test
  void disconnectWithWillKeepsIt() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      client.send(0xE0, new byte[] {4});
      assertNull(client.read());
    }
    SessionClose close =
        Await.value("its end", () -> fanout.bodies(id, SessionClose.class), list -> !list.isEmpty())
            .getFirst();
    assertFalse(close.getDiscardWill());
  }

  @Test
  void disconnectRevivesNoSession() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      client.send(0xE0, new byte[] {0, 5, 0x11, 0, 0, 0, 60});
      RawClient.Packet disconnect = client.read();
      assertEquals(14, disconnect.type());
      assertEquals(ReasonCode.PROTOCOL_ERROR, disconnect.at(0));
    }
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
      SessionClose close =
          Await.value(
                  "its end", () -> fanout.bodies(id, SessionClose.class), list -> !list.isEmpty())
              .getFirst();
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

  private static Mqtt5ConnAckReasonCode refusal(
      Mqtt5BlockingClient client, String username, String password) {
    return assertThrows(
            Mqtt5ConnAckException.class,
            () ->
                client
                    .connectWith()
                    .simpleAuth(
                        Mqtt5SimpleAuth.builder()
                            .username(username)
                            .password(utf8(password))
                            .build())
                    .send())
        .getMqttMessage()
        .getReasonCode();
  }

  private void connect3(String clientId, String password) throws MqttException {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName(USER);
    options.setPassword(password.toCharArray());
    new MqttClient(edge.tcp(), clientId, null).connect(options);
  }

  private AuthAudit audit(String clientId) {
    AuthAudit audit =
        Await.value(
                "an audit record of " + clientId,
                () -> audits.poll(a -> a.getClientId().equals(clientId)),
                list -> !list.isEmpty())
            .getFirst();
    assertEquals(AuditActivity.CONNECT, audit.getActivity());
    assertEquals(AuditOutcome.FAILURE, audit.getOutcome());
    return audit;
  }
}
