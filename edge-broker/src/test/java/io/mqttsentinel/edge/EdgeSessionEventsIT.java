package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.testing.Await;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What the owner of a session is told: how it began, with which will, and how it ended. */
class EdgeSessionEventsIT extends EdgeSuite {

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
    SessionClose close = fanout.closed(id);
    assertEquals(CloseCause.CLIENT_DISCONNECT, close.getCause());
    assertTrue(close.getDiscardWill());
    assertEquals(List.of("connect", "disconnect"), activities(id));
  }

  private List<String> activities(String clientId) {
    return Await.value(
        "two audit records",
        () ->
            audits.poll(a -> a.getClientId().equals(clientId)).stream()
                .map(a -> a.getActivity().name().toLowerCase(Locale.ROOT))
                .toList(),
        list -> list.size() >= 2);
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
  void lostConnectionKeepsItsWill() throws Exception {
    String id = newId();
    connectRaw(4, id).close();
    SessionClose close = fanout.closed(id);
    assertEquals(CloseCause.CONNECTION_LOST, close.getCause());
    assertFalse(close.getDiscardWill());
  }

  @Test
  void disconnectChangesTheExpiry() throws Exception {
    String id = newId();
    try (RawClient client = connectLasting(id, "")) {
      client.send(0xE0, new byte[] {0, 5, 0x11, 0, 0, 0, 60});
      assertNull(client.read());
    }
    SessionClose close = fanout.closed(id);
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
    SessionClose close = fanout.closed(id);
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
}
