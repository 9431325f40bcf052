package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.testing.Await;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.Test;

/** Who is not let in, what he is told, and what the audit trail says of it. */
class EdgeRefusalIT extends EdgeSuite {

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
  void enhancedAuthenticationIsRefusedByItsName() throws Exception {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.send(0x10, RawClient.connectBody5(newId(), true, "15 0001 78"));
      RawClient.Packet connack = client.read();
      assertEquals(2, connack.type());
      assertEquals(ReasonCode.BAD_AUTHENTICATION_METHOD, connack.at(1));
      assertNull(client.read(), "the edge closes");
    }
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
