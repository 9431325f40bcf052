package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.UserProperty;
import io.mqttsentinel.testing.Await;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;

/** PUBLISH: what ends up in Kafka, and what the client is told. */
class EdgePublishIT extends EdgeSuite {

  @Test
  void pubackComesWhenKafkaHasTheMessage() throws Exception {
    String id = newId();
    MqttClient client = connect5(id);
    MqttMessage message = new MqttMessage(utf8("21.5"), 1, false, null);
    MqttProperties properties = new MqttProperties();
    properties.setContentType("text/plain");
    properties.setPayloadFormat(true);
    properties.setResponseTopic("clients/" + id + "/answer");
    properties.setCorrelationData(new byte[] {1, 2, 3});
    properties.setMessageExpiryInterval(60L);
    properties.setUserProperties(
        List.of(
            new org.eclipse.paho.mqttv5.common.packet.UserProperty("b", "1"),
            new org.eclipse.paho.mqttv5.common.packet.UserProperty("b", "2")));
    message.setProperties(properties);
    client.publish("clients/" + id + "/temperature", message); // returns after PUBACK
    // Read from the end that Kafka reports now: not awaited, it has to be there.
    InspectedMessage accepted = onlyMessage(id);
    assertEquals("clients/" + id + "/temperature", accepted.getTopic());
    assertEquals("21.5", StandardCharsets.UTF_8.decode(accepted.getPayload()).toString());
    assertEquals(MessageSource.DEVICE, accepted.getSource());
    assertEquals(USER, accepted.getUsername());
    assertEquals(edge.name(), accepted.getEdge());
    assertEquals(1, accepted.getQos());
    assertEquals(1, accepted.getSequence());
    assertEquals(fanout.opened(id).getEpoch(), accepted.getEpoch());
    assertTrue(accepted.getRemoteAddress().startsWith("127.0.0.1:"));
    assertEquals("text/plain", accepted.getProperties().getContentType());
    assertEquals(1, accepted.getProperties().getPayloadFormatIndicator());
    assertEquals(60L, accepted.getProperties().getMessageExpirySeconds());
    assertEquals(3, accepted.getProperties().getCorrelationData().remaining());
    assertEquals(
        List.of(new UserProperty("b", "1"), new UserProperty("b", "2")),
        accepted.getProperties().getUserProperties());
    assertEquals(PublishFlow.STAGE, accepted.getStamps().getFirst().getStage());
    assertTrue(edge.timed("sentinel.edge.uplink.latency") > 0);
    client.disconnect();
  }

  private InspectedMessage onlyMessage(String clientId) {
    List<InspectedMessage> found =
        Await.value(
            "the message of " + clientId,
            () -> inbound.poll(m -> m.getClientId().equals(clientId)),
            list -> !list.isEmpty());
    assertEquals(1, found.size());
    return found.getFirst();
  }

  @Test
  void messagesKeepTheirOrderAndPubacksToo() throws Exception {
    String id = newId();
    int count = 200;
    try (RawClient client = connectRaw(4, id)) {
      for (int i = 1; i <= count; i++) {
        // Every third is denied; its PUBACK must not overtake the others.
        String topic = i % 3 == 0 ? "forbidden" : "clients/" + id + "/n";
        client.send(0x32, RawClient.text(topic), RawClient.number(i), utf8("m" + i));
      }
      for (int i = 1; i <= count; i++) {
        RawClient.Packet puback = client.read();
        assertEquals(4, puback.type());
        assertEquals(i, puback.at(0) << 8 | puback.at(1));
      }
    }
    List<String> expected =
        IntStream.rangeClosed(1, count).filter(i -> i % 3 != 0).mapToObj(i -> "m" + i).toList();
    List<InspectedMessage> accepted =
        Await.value(
            "all messages",
            () -> inbound.poll(m -> m.getClientId().equals(id)),
            list -> list.size() >= expected.size());
    assertEquals(
        expected,
        accepted.stream()
            .map(m -> StandardCharsets.UTF_8.decode(m.getPayload().duplicate()).toString())
            .toList());
    assertEquals(
        IntStream.rangeClosed(1, expected.size()).mapToObj(i -> (long) i).toList(),
        accepted.stream().map(InspectedMessage::getSequence).toList());
  }

  @Test
  void foreignTopicIsRefusedWithItsReason() {
    String id = newId();
    Mqtt5BlockingClient client = connectHive(id);
    assertEquals(
        Mqtt5PubAckReasonCode.NOT_AUTHORIZED, refusal(client, "clients/other/alerts", "x"));
    AuthAudit audit = audit(id, AuditActivity.PUBLISH);
    assertEquals("clients/other/alerts", audit.getTopic());
    assertEquals("publish_denied", audit.getCause());
    var _ = client.publishWith().topic("clients/" + id + "/x").qos(MqttQos.AT_LEAST_ONCE).send();
    assertEquals("clients/" + id + "/x", onlyMessage(id).getTopic());
    client.disconnect();
  }

  @Test
  void foreignTopicIsDroppedWhereTheProtocolHasNoWordForIt() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(4, id)) {
      client.send(0x32, RawClient.text("clients/other/alerts"), RawClient.number(7), utf8("x"));
      RawClient.Packet puback = client.read();
      assertEquals(4, puback.type());
      assertEquals(7, puback.at(1));
      assertEquals(2, puback.length());
    }
    assertEquals(ReasonCode.NOT_AUTHORIZED, audit(id, AuditActivity.PUBLISH).getReasonCode());
    assertTrue(inbound.poll(m -> m.getClientId().equals(id)).isEmpty());
  }

  @Test
  void superuserMayPublishAnywhereButToDollarTopics() throws Exception {
    String root = newId();
    database.user(root, Hashes.sha256("", "root"), null, true, null);
    Mqtt5BlockingClient client = hive(root);
    var _ =
        client
            .connectWith()
            .simpleAuth(Mqtt5SimpleAuth.builder().username(root).password(utf8("root")).build())
            .send();
    assertEquals(Mqtt5PubAckReasonCode.NOT_AUTHORIZED, refusal(client, "$SYS/uptime", "x"));
    var _ = client.publishWith().topic("any/thing").qos(MqttQos.AT_LEAST_ONCE).send();
    assertEquals("any/thing", onlyMessage(root).getTopic());
    client.disconnect();
  }

  @Test
  void aliasStandsForItsTopic() throws Exception {
    String id = newId();
    byte[] alias = {3, 0x23, 0, 2};
    byte[] none = {0, 0};
    try (RawClient client = connectRaw(5, id)) {
      byte[] first = RawClient.text("clients/" + id + "/first");
      client.send(0x32, first, RawClient.number(1), alias, utf8("1"));
      client.send(0x32, none, RawClient.number(2), alias, utf8("2"));
      byte[] second = RawClient.text("clients/" + id + "/second");
      client.send(0x32, second, RawClient.number(3), alias, utf8("3"));
      client.send(0x32, none, RawClient.number(4), alias, utf8("4"));
      for (int i = 1; i <= 4; i++) {
        assertEquals(i, client.read().packetId());
      }
    }
    assertEquals(
        List.of("first", "first", "second", "second"),
        Await.value(
                "all messages",
                () -> inbound.poll(m -> m.getClientId().equals(id)),
                list -> list.size() == 4)
            .stream()
            .map(m -> m.getTopic().substring(m.getTopic().lastIndexOf('/') + 1))
            .toList());
  }

  @Test
  void retainedIsHandedOn() {
    String id = newId();
    Mqtt5BlockingClient client = connectHive(id);
    var _ =
        client
            .publishWith()
            .topic("clients/" + id + "/x")
            .qos(MqttQos.AT_LEAST_ONCE)
            .retain(true)
            .send();
    assertTrue(onlyMessage(id).getRetain());
    client.disconnect();
  }

  @Test
  void reasonsAreToldToWhoAsksForThem() throws Exception {
    byte[] payload = {1, 1, (byte) 0xFF}; // says that it is text
    String id = newId();
    byte[] topic = RawClient.text("clients/" + id + "/x");
    byte[] properties = {2};
    try (RawClient client = connectRaw(5, id)) {
      client.send(0x32, topic, RawClient.number(1), properties, payload);
      RawClient.Packet puback = client.read();
      assertEquals(ReasonCode.PAYLOAD_FORMAT_INVALID, puback.at(2));
      assertEquals(0x1F, puback.at(4), "a reason string");
    }
    try (RawClient client = connectLasting(id, "17 00")) {
      client.send(0x32, topic, RawClient.number(1), properties, payload);
      assertEquals("40 000199", client.read().toString().substring(0, 9));
    }
  }

  @Test
  void payloadThatIsNoTextThoughItSaysSoIsRefused() {
    String id = newId();
    Mqtt5BlockingClient client = connectHive(id);
    var refused =
        assertThrows(
            Mqtt5PubAckException.class,
            () ->
                client
                    .publishWith()
                    .topic("clients/" + id + "/x")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(new byte[] {(byte) 0xC3, 0x28})
                    .payloadFormatIndicator(Mqtt5PayloadFormatIndicator.UTF_8)
                    .send());
    assertEquals(
        Mqtt5PubAckReasonCode.PAYLOAD_FORMAT_INVALID, refused.getMqttMessage().getReasonCode());
    client.disconnect();
  }

  private static Mqtt5PubAckReasonCode refusal(
      Mqtt5BlockingClient client, String topic, String payload) {
    return assertThrows(
            Mqtt5PubAckException.class,
            () ->
                client
                    .publishWith()
                    .topic(topic)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(utf8(payload))
                    .send())
        .getMqttMessage()
        .getReasonCode();
  }

  @Test
  void clientThatExceedsReceiveMaximumIsDisconnected() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      var burst = new java.io.ByteArrayOutputStream();
      byte[] topic = RawClient.text("clients/" + id + "/x");
      for (int i = 1; i <= 2000; i++) {
        burst.write(0x32);
        burst.write(topic.length + 3);
        burst.writeBytes(topic);
        burst.writeBytes(RawClient.number(i));
        burst.write(0);
      }
      client.sendRaw(burst.toByteArray());
      RawClient.Packet packet = client.read();
      while (packet != null && packet.type() == 4) {
        packet = client.read();
      }
      assertTrue(packet != null && packet.type() == 14, "DISCONNECT expected, got " + packet);
      assertEquals(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, packet.at(0));
    }
  }

  private AuthAudit audit(String clientId, AuditActivity activity) {
    AuthAudit audit =
        Await.value(
                "an audit record of " + clientId,
                () ->
                    audits.poll(
                        a -> a.getClientId().equals(clientId) && a.getActivity() == activity),
                list -> !list.isEmpty())
            .getFirst();
    assertEquals(AuditOutcome.FAILURE, audit.getOutcome());
    assertFalse(audit.getRemoteAddress().isEmpty());
    return audit;
  }
}
