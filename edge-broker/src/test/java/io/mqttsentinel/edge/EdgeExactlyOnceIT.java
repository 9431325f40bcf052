package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.DeliveryAck;
import io.mqttsentinel.schemas.DeliveryOutcome;
import io.mqttsentinel.schemas.DeliveryReceived;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.PublishReceived;
import io.mqttsentinel.schemas.PublishReleased;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** QoS 2, both ways, and over connections. */
class EdgeExactlyOnceIT extends EdgeSuite {

  private static final byte[] NONE = {0};

  @Override
  Map<String, Object> settings() {
    return Map.of("sentinel.edge.delivery-window", 2, "sentinel.edge.receive-maximum", 20);
  }

  private static void publish(RawClient client, int header, String topic, int packetId)
      throws IOException {
    client.send(header, RawClient.text(topic), RawClient.number(packetId), NONE, utf8("x"));
  }

  private static void expect(RawClient client, int type, int packetId, int reasonCode)
      throws IOException {
    RawClient.Packet packet = client.read();
    assertTrue(packet != null && packet.type() == type, type + " expected, got " + packet);
    assertEquals(packetId, packet.packetId());
    assertEquals(reasonCode, packet.length() > 2 ? packet.at(2) : 0);
    assertEquals(type == 6 ? 2 : 0, packet.flags());
  }

  private List<InspectedMessage> messages(String clientId) {
    return inbound.poll(m -> m.getClientId().equals(clientId));
  }

  private List<InspectedMessage> messages(String clientId, int count) {
    List<InspectedMessage> all =
        Await.value(count + " messages", () -> messages(clientId), list -> list.size() >= count);
    assertEquals(count, all.size());
    return all;
  }

  @Test
  void repeatedPublishIsOneMessageUntilItIsReleased() throws Exception {
    String id = newId();
    String topic = "clients/" + id + "/x";
    try (RawClient client = connectLasting(id, "")) {
      publish(client, 0x34, topic, 7);
      expect(client, 5, 7, 0);
      publish(client, 0x3C, topic, 7);
      expect(client, 5, 7, 0);
      client.send(0x62, RawClient.number(7));
      expect(client, 7, 7, 0);
      messages(id, 1);
      publish(client, 0x34, topic, 7);
      expect(client, 5, 7, 0);
      messages(id, 2); // after PUBCOMP it is another one
    }
    ExactlyOnce first = messages(id).getFirst().getExactlyOnce();
    assertEquals(new ExactlyOnce(7, fanout.opened(id).getEpoch(), 1L), first);
    Await.until("all is told", () -> fanout.bodies(id, PublishReceived.class).size() == 2);
    assertEquals(first, fanout.bodies(id, PublishReceived.class).getFirst().getPublish());
    assertEquals(7, fanout.bodies(id, PublishReleased.class).getFirst().getPacketId());
  }

  @Test
  void nextConnectionKnowsWhatIsOpen() throws Exception {
    String id = newId();
    String topic = "clients/" + id + "/x";
    try (RawClient client = connectLasting(id, "")) {
      publish(client, 0x34, topic, 7);
      publish(client, 0x34, topic, 8);
      expect(client, 5, 7, 0);
      expect(client, 5, 8, 0);
    }
    long epoch = fanout.opened(id).getEpoch();
    Await.until("the owner knows", () -> fanout.bodies(id, PublishReceived.class).size() == 2);
    try (RawClient client = connectLasting(id, "")) {
      publish(client, 0x3C, topic, 7); // as if PUBREC had not come
      expect(client, 5, 7, 0);
      client.send(0x62, RawClient.number(7));
      expect(client, 7, 7, 0);
      client.send(0x62, RawClient.number(8));
      expect(client, 7, 8, 0);
      client.send(0x62, RawClient.number(8));
      expect(client, 7, 8, ReasonCode.PACKET_ID_NOT_FOUND);
    }
    InspectedMessage repeated = messages(id, 3).getLast();
    assertEquals(new ExactlyOnce(7, epoch, 1L), repeated.getExactlyOnce(), "is the same publish");
    assertNotEquals(epoch, repeated.getEpoch(), "on another connection");
    assertEquals(2, fanout.bodies(id, PublishReceived.class).size());
  }

  @Test
  void refusedPublishLeavesItsPacketIdFree() throws Exception {
    String id = newId();
    try (RawClient client = connectLasting(id, "")) {
      publish(client, 0x34, "foreign", 7);
      expect(client, 5, 7, ReasonCode.NOT_AUTHORIZED);
      publish(client, 0x34, "clients/" + id + "/x", 7);
      expect(client, 5, 7, 0);
    }
    messages(id, 1);
  }

  @Test
  void oldClientGoesThroughAllOfItForNothing() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(4, id)) {
      client.send(0x34, RawClient.text("foreign"), RawClient.number(7), utf8("x"));
      expect(client, 5, 7, 0);
      client.send(0x62, RawClient.number(7));
      expect(client, 7, 7, 0);
      client.send(0x62, RawClient.number(9));
      expect(client, 7, 9, 0);
    }
    assertTrue(messages(id).isEmpty());
  }

  @Test
  void publishesOfAllKindsKeepTheirOrder() throws Exception {
    String id = newId();
    int count = 18;
    try (RawClient client = connectLasting(id, "")) {
      byte[] topic = RawClient.text("clients/" + id + "/n");
      for (int i = 0; i < count; i++) {
        int qos = 2 - i % 3;
        byte[] packetId = qos == 0 ? new byte[0] : RawClient.number(i + 1);
        client.send(0x30 | (qos << 1), topic, packetId, NONE, utf8("m" + i));
      }
      List<Integer> acknowledged = new ArrayList<>();
      for (int i = 0; i < count / 3 * 2; i++) {
        acknowledged.add(client.read().packetId());
      }
      assertEquals(
          IntStream.range(0, count).filter(i -> i % 3 != 2).mapToObj(i -> i + 1).toList(),
          acknowledged);
    }
    assertEquals(
        IntStream.range(0, count).mapToObj(i -> "m" + i).toList(),
        Await.value("all messages", () -> messages(id), list -> list.size() >= count).stream()
            .map(m -> StandardCharsets.UTF_8.decode(m.getPayload().duplicate()).toString())
            .toList());
  }

  @Test
  void openPublishesCountForTheReceiveMaximum() throws Exception {
    String id = newId();
    try (RawClient client = connectLasting(id, "")) {
      for (int i = 1; i <= 20; i++) {
        publish(client, 0x34, "clients/" + id + "/x", i);
        expect(client, 5, i, 0);
      }
      client.send(0x62, RawClient.number(3));
      expect(client, 7, 3, 0);
      publish(client, 0x34, "clients/" + id + "/x", 21);
      expect(client, 5, 21, 0);
      publish(client, 0x34, "clients/" + id + "/x", 22);
      RawClient.Packet disconnect = client.read();
      assertEquals(14, disconnect.type());
      assertEquals(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, disconnect.at(0));
    }
  }

  @Test
  void releaseBeforePubrecIsAViolation() throws Exception {
    String id = newId();
    try (RawClient client = connectLasting(id, "")) {
      byte[] topic = RawClient.text("clients/" + id + "/x");
      client.sendRaw(
          RawClient.bytes(
              new byte[] {0x34, (byte) (topic.length + 3)},
              topic,
              new byte[] {0, 7, 0, 0x62, 2, 0, 7}));
      RawClient.Packet disconnect = client.read();
      assertEquals(14, disconnect.type());
      assertEquals(ReasonCode.PROTOCOL_ERROR, disconnect.at(0));
    }
  }

  private static ClientMessage message(String text) {
    return new ClientMessage(
        1L,
        1L,
        "origin",
        "t",
        ByteBuffer.wrap(utf8(text)),
        2,
        false,
        new MessageProperties(null, null, null, null, null, List.of()),
        Instant.now(),
        Action.ALLOW,
        List.of());
  }

  private static int deliveredId(RawClient.Packet publish) {
    assertEquals(3, publish.type());
    return publish.at(3) << 8 | publish.at(4); // behind the topic "t"
  }

  @Test
  void deliveryIsFinishedInTwoSteps() throws Exception {
    String id = newId();
    try (RawClient client = connectLasting(id, "")) {
      SessionEvent session = fanout.opened(id);
      long deliveryId = fanout.deliver(session, message("once"), 2);
      RawClient.Packet publish = client.read();
      assertEquals(4, publish.flags());
      int packetId = deliveredId(publish);
      assertEquals(DeliveryWindow.packetId(deliveryId), packetId);
      client.send(0x50, RawClient.number(packetId));
      expect(client, 6, packetId, 0);
      DeliveryReceived told =
          Await.value(
                  "PUBREC is told",
                  () -> fanout.bodies(id, DeliveryReceived.class),
                  list -> !list.isEmpty())
              .getFirst();
      assertEquals(List.of(deliveryId), told.getDeliveryIds());
      client.send(0x50, RawClient.number(packetId));
      expect(client, 6, packetId, 0);
      assertTrue(fanout.acks(id).isEmpty(), "not before PUBCOMP");
      client.send(0x70, RawClient.number(packetId));
      DeliveryAck ack =
          Await.value("the report", () -> fanout.acks(id), list -> !list.isEmpty()).getFirst();
      assertEquals(DeliveryOutcome.ACKNOWLEDGED, ack.getOutcome());
      assertEquals(List.of(deliveryId), ack.getDeliveryIds());
    }
  }

  /** The acknowledgements that each QoS does not have, and PUBCOMP before PUBREC. */
  @ParameterizedTest
  @CsvSource({"1, 50", "1, 70", "2, 40", "2, 70"})
  void acknowledgementOutOfTurnIsAProtocolError(int qos, String header) throws Exception {
    for (int version : new int[] {4, 5}) {
      String id = newId();
      try (RawClient client = connectRaw(version, id)) {
        fanout.deliver(fanout.opened(id), message("once"), qos);
        client.send(Integer.parseInt(header, 16), RawClient.number(deliveredId(client.read())));
        RawClient.Packet answer = client.read();
        if (version == 5) {
          assertEquals(14, answer.type(), "MQTT-4.13.1-1");
          assertEquals(ReasonCode.PROTOCOL_ERROR, answer.at(0));
        } else {
          assertNull(answer, "MQTT-4.8.0-1 of 3.1.1");
        }
      }
    }
  }

  @Test
  void deliveryThatWasReceivedIsOnlyReleased() throws Exception {
    String id = newId();
    try (RawClient client = connectLasting(id, "")) {
      fanout.repeat(fanout.opened(id), message("known"), 2, 65537, true);
      expect(client, 6, 2, 0);
      client.send(0x70, RawClient.number(2));
      assertEquals(
          List.of(65537L),
          Await.value("the report", () -> fanout.acks(id), list -> !list.isEmpty())
              .getFirst()
              .getDeliveryIds());
    }
  }

  @Test
  void deliveryTakesItsPlaceInTheWindowUntilPubcomp() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      SessionEvent session = fanout.opened(id);
      for (int i = 0; i < 3; i++) {
        fanout.deliver(session, message("m" + i), 2);
      }
      int first = deliveredId(client.read());
      int second = deliveredId(client.read());
      client.send(0x50, RawClient.number(first));
      expect(client, 6, first, 0);
      client.send(0x50, RawClient.number(second), new byte[] {(byte) 0x97});
      int third = deliveredId(client.read());
      client.send(0x70, RawClient.number(first));
      client.send(0x50, RawClient.number(third));
      expect(client, 6, third, 0);
    }
    Await.until(
        "the refusal is reported",
        () ->
            fanout.acks(id).stream()
                .anyMatch(
                    a -> a.getOutcome() == DeliveryOutcome.REFUSED && a.getReasonCode() == 0x97));
  }

  @Test
  void pubrecForNothingIsAnswered() throws Exception {
    try (RawClient client = connectRaw(5, newId())) {
      client.send(0x50, RawClient.number(9));
      expect(client, 6, 9, ReasonCode.PACKET_ID_NOT_FOUND);
      client.send(0x70, RawClient.number(9));
      client.send(0x40, RawClient.number(9));
      client.send(0xC0);
      assertEquals(13, client.read().type(), "others are ignored");
    }
    try (RawClient client = connectRaw(4, newId())) {
      client.send(0x50, RawClient.number(9));
      expect(client, 6, 9, 0);
      client.send(0xE0);
      assertNull(client.read());
    }
  }
}
