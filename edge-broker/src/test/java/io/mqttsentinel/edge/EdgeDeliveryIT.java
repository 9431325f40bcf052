package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.unsubscribe.unsuback.Mqtt5UnsubAckReasonCode;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.DeliveryAck;
import io.mqttsentinel.schemas.DeliveryOutcome;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionSubscribe;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.schemas.UserProperty;
import io.mqttsentinel.testing.Await;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.junit.jupiter.api.Test;

/** SUBSCRIBE, deliveries and their acknowledgements. */
class EdgeDeliveryIT extends EdgeSuite {

  private static final MessageProperties NONE =
      new MessageProperties(null, null, null, null, null, List.of());

  @Override
  Map<String, Object> settings() {
    return Map.of("sentinel.edge.delivery-window", 20);
  }

  @Test
  void subscriberGetsWhatAnotherPublishesAndItsAckIsReported() throws Exception {
    String id = newId();
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    MqttClient subscriber = new MqttClient(edge.tcp(), id, null);
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName(USER);
    options.setPassword(AuthDatabase.PASSWORD.toCharArray());
    subscriber.connect(options);
    subscriber.subscribe(
        "clients/" + id + "/#", 1, (topic, message) -> received.add(topic + "=" + message));
    SessionSubscribe request = fanout.bodies(id, SessionSubscribe.class).getFirst();
    assertEquals("clients/" + id + "/#", request.getSubscriptions().getFirst().getTopicFilter());
    subscriber.publish("clients/" + id + "/alerts", utf8("ALERT"), 1, false);
    assertEquals("clients/" + id + "/alerts=ALERT", received.poll(30, TimeUnit.SECONDS));
    DeliveryAck ack =
        Await.value("the report", () -> fanout.acks(id), list -> !list.isEmpty()).getFirst();
    assertEquals(DeliveryOutcome.ACKNOWLEDGED, ack.getOutcome());
    assertEquals(1, ack.getDeliveryIds().size());
    assertEquals(fanout.opened(id).getEpoch(), ack.getEpoch());
    assertTrue(edge.timed("sentinel.delivery.latency") > 0);
    subscriber.disconnect();
  }

  @Test
  void webSocketClientsAreClientsLikeOthers() throws Exception {
    String id = newId();
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    var subscriber = new org.eclipse.paho.mqttv5.client.MqttClient(edge.websocket(), id, null);
    subscriber.setCallback(new QueueingCallback(received));
    subscriber.connect(options5());
    subscriber.subscribe("clients/" + id + "/#", 1);
    String big = "x".repeat(100_000); // more than one frame of most clients
    subscriber.publish("clients/" + id + "/a", utf8(big), 1, false);
    assertEquals(big, received.poll(30, TimeUnit.SECONDS));
    subscriber.disconnect();
    subscriber.close();
  }

  @Test
  void propertiesAreCarriedAndExpiryIsCountedDown() {
    String id = newId();
    Mqtt5BlockingClient client = connectHive(id);
    SessionEvent session = fanout.opened(id);
    try (var publishes = publishes(client)) {
      MessageProperties properties =
          new MessageProperties(
              1,
              100L,
              "text/plain",
              "answer/here",
              ByteBuffer.wrap(new byte[] {9, 8}),
              List.of(new UserProperty("k", "1"), new UserProperty("k", "2")));
      fanout.deliver(
          session,
          message("t/x", utf8("hello"), properties, Instant.now().minusSeconds(40)),
          1,
          List.of(7, 300));
      Mqtt5Publish publish = receive(publishes);
      assertEquals("t/x", publish.getTopic().toString());
      assertArrayEquals(utf8("hello"), publish.getPayloadAsBytes());
      long left = publish.getMessageExpiryInterval().orElseThrow();
      assertTrue(left > 20 && left <= 60, "expiry " + left);
      assertEquals("text/plain", publish.getContentType().orElseThrow().toString());
      assertEquals("answer/here", publish.getResponseTopic().orElseThrow().toString());
      assertEquals(2, publish.getCorrelationData().orElseThrow().remaining());
      assertEquals(
          List.of("1", "2"),
          publish.getUserProperties().asList().stream().map(p -> p.getValue().toString()).toList());
      assertEquals(1, publish.getPayloadFormatIndicator().orElseThrow().getCode());
    }
    client.disconnect();
  }

  @Test
  void whatIsExpiredOrTooLargeIsReportedInstead() throws Exception {
    String id = newId();
    Mqtt5BlockingClient client = hive(id);
    var _ = client.connectWith().restrictions().maximumPacketSize(100).applyRestrictions().send();
    SessionEvent session = fanout.opened(id);
    MessageProperties expiring = new MessageProperties(null, 1L, null, null, null, List.of());
    try (var publishes = publishes(client)) {
      long late =
          fanout.deliver(
              session, message("t", utf8("x"), expiring, Instant.now().minusSeconds(9)), 1);
      long large = fanout.deliver(session, message("t", new byte[200], NONE, Instant.now()), 1);
      fanout.deliver(session, message("t", utf8("fits"), NONE, Instant.now()), 1);
      assertArrayEquals(utf8("fits"), receive(publishes).getPayloadAsBytes());
      Await.until(
          "both are reported",
          () ->
              outcome(id, late) == DeliveryOutcome.EXPIRED
                  && outcome(id, large) == DeliveryOutcome.TOO_LARGE);
    }
    client.disconnect();
  }

  private DeliveryOutcome outcome(String clientId, long deliveryId) {
    return fanout.acks(clientId).stream()
        .filter(ack -> ack.getDeliveryIds().contains(deliveryId))
        .map(DeliveryAck::getOutcome)
        .findFirst()
        .orElse(null);
  }

  @Test
  void foreignFiltersAreRefusedOneByOne() {
    String id = newId();
    Mqtt5BlockingClient client = connectHive(id);
    var refused =
        assertThrows(
            Mqtt5SubAckException.class,
            () ->
                client
                    .subscribeWith()
                    .addSubscription()
                    .topicFilter("clients/" + id + "/+")
                    .qos(MqttQos.EXACTLY_ONCE)
                    .applySubscription()
                    .addSubscription()
                    .topicFilter("clients/#")
                    .applySubscription()
                    .addSubscription()
                    .topicFilter("$share/group/clients/" + id + "/x")
                    .applySubscription()
                    .addSubscription()
                    .topicFilter("$share/group/clients/other/x")
                    .applySubscription()
                    .addSubscription()
                    .topicFilter("clients/" + id + "/a".repeat(40))
                    .applySubscription()
                    .send());
    assertEquals(
        List.of(
            Mqtt5SubAckReasonCode.GRANTED_QOS_2,
            Mqtt5SubAckReasonCode.NOT_AUTHORIZED,
            Mqtt5SubAckReasonCode.GRANTED_QOS_2,
            Mqtt5SubAckReasonCode.NOT_AUTHORIZED,
            Mqtt5SubAckReasonCode.TOPIC_FILTER_INVALID),
        refused.getMqttMessage().getReasonCodes());
    assertEquals(
        "clients/#",
        Await.value(
                "an audit record",
                () ->
                    audits.poll(
                        a ->
                            a.getClientId().equals(id)
                                && a.getActivity() == AuditActivity.SUBSCRIBE),
                list -> !list.isEmpty())
            .getFirst()
            .getTopic());
    assertEquals(
        List.of("clients/" + id + "/+", "$share/group/clients/" + id + "/x"),
        fanout.bodies(id, SessionSubscribe.class).getFirst().getSubscriptions().stream()
            .map(s -> s.getTopicFilter())
            .toList());
    client.disconnect();
  }

  @Test
  void unsubackSaysWhatWasThere() {
    String id = newId();
    Mqtt5BlockingClient client = connectHive(id);
    var _ = client.subscribeWith().topicFilter("clients/" + id + "/a").send();
    var unsuback =
        client
            .unsubscribeWith()
            .topicFilter("clients/" + id + "/a")
            .addTopicFilter("clients/" + id + "/b")
            .send();
    assertEquals(
        List.of(Mqtt5UnsubAckReasonCode.SUCCESS, Mqtt5UnsubAckReasonCode.NO_SUBSCRIPTIONS_EXISTED),
        unsuback.getReasonCodes());
    client.disconnect();
  }

  @Test
  void oldClientsGetTheirFailureCode() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(4, id)) {
      client.send(
          0x82,
          RawClient.number(3),
          RawClient.text("clients/" + id + "/x"),
          new byte[] {2},
          RawClient.text("foreign/#"),
          new byte[] {0});
      RawClient.Packet suback = client.read();
      assertEquals(9, suback.type());
      assertEquals(3, suback.at(1));
      assertEquals(2, suback.at(2));
      assertEquals(ReasonCode.MQTT3_SUBACK_FAILURE, suback.at(3));
    }
  }

  @Test
  void clientThatDoesNotAcknowledgeGetsItsWindowAndTheRestLater() throws Exception {
    String id = newId();
    int window = 20;
    try (RawClient client = connectRaw(4, id)) {
      SessionEvent session = fanout.opened(id);
      TreeSet<Integer> packetIds = new TreeSet<>();
      for (int i = 0; i < window; i++) {
        fanout.deliver(session, message("t", utf8("m" + i), NONE, Instant.now()), 1);
      }
      for (int i = 0; i < window; i++) {
        packetIds.add(packetId(client.read()));
      }
      assertEquals(window, packetIds.size(), "each has its own packet id");
      // One more than the window: the owner may send it as soon as it has seen one report.
      fanout.deliver(session, message("t", utf8("later"), NONE, Instant.now()), 1);
      client.send(0xC0);
      assertEquals(13, client.read().type(), "PINGRESP comes, the delivery waits");
      client.send(0x40, RawClient.number(packetIds.first()));
      assertEquals(3, client.read().type());
      for (int packetId : packetIds.tailSet(packetIds.first(), false)) {
        client.send(0x40, RawClient.number(packetId));
      }
      Await.until(
          "all acknowledged in few reports",
          () ->
              fanout.acks(id).stream().mapToInt(ack -> ack.getDeliveryIds().size()).sum()
                  == window);
      assertTrue(fanout.acks(id).size() < window, "reports are batched");
    }
  }

  private static int packetId(RawClient.Packet publish) {
    assertEquals(3, publish.type());
    return publish.at(3) << 8 | publish.at(4); // behind the topic "t"
  }

  @Test
  void clientThatDoesNotReadCostsItselfOnly() throws Exception {
    String stopped = newId();
    String reading = newId();
    try (RawClient slow = connectRaw(4, stopped)) {
      SessionEvent slowSession = fanout.opened(stopped);
      Mqtt5BlockingClient client = connectHive(reading);
      SessionEvent session = fanout.opened(reading);
      byte[] large = new byte[100_000];
      for (int i = 0; i < 200; i++) { // 20 MB for somebody who does not read
        fanout.deliver(slowSession, message("t", large, NONE, Instant.now()), 0);
      }
      Await.until(
          "dropped",
          () -> edge.counter("sentinel.edge.deliveries", "outcome", "dropped_slow_reader") > 50);
      try (var publishes = publishes(client)) {
        fanout.deliver(session, message("t", utf8("quick"), NONE, Instant.now()), 0);
        assertArrayEquals(utf8("quick"), receive(publishes).getPayloadAsBytes());
      }
      client.disconnect();
      assertEquals(3, slow.read().type(), "what had room is there");
    }
  }

  @Test
  void unreadableDownlinkIsSetAside() throws Exception {
    String id = newId();
    try (var letters = log(Topics.DEAD_LETTERS)) {
      fanout.sendBytes(0, utf8("no record"));
      Await.until("a dead letter", () -> !letters.poll().isEmpty());
      assertEquals(Topics.downlink("local").name(), letters.poll().getFirst().getTopic());
    }
    connectHive(id).disconnect(); // the lane goes on
    assertEquals(id, fanout.opened(id).getClientId());
  }

  @Test
  void messageReachesASubscriberAtAnotherEdge() throws Exception {
    try (TestEdge other = TestEdge.start(1, database.url(), Map.of())) {
      String id = newId();
      BlockingQueue<String> received = new LinkedBlockingQueue<>();
      var subscriber = new org.eclipse.paho.mqttv5.client.MqttClient(other.tcp(), id, null);
      subscriber.setCallback(new QueueingCallback(received));
      subscriber.connect(options5());
      subscriber.subscribe("clients/" + id + "/#", 1);
      assertEquals(1, fanout.opened(id).getLane());
      database.user("admin-" + id, Hashes.sha256("", "pw"), null, true, null);
      var options = options5();
      options.setUserName("admin-" + id);
      options.setPassword(utf8("pw"));
      var publisher = new org.eclipse.paho.mqttv5.client.MqttClient(edge.tcp(), newId(), null);
      publisher.connect(options);
      publisher.publish("clients/" + id + "/alerts", utf8("across"), 1, false);
      assertEquals("across", received.poll(30, TimeUnit.SECONDS));
      publisher.disconnect();

      // The same client at the first edge: the second lets it go.
      BlockingQueue<String> taken = new LinkedBlockingQueue<>();
      subscriber.setCallback(new QueueingCallback(taken));
      connectRaw(4, id).close();
      Await.until("taken over", () -> !subscriber.isConnected());
      subscriber.close();
    }
    // An edge that stopped takes nothing with it.
    connectHive(newId()).disconnect();
  }

  @Test
  void gracefulStopTellsClientsAndSessions() throws Exception {
    String id = newId();
    TestEdge other = TestEdge.start(2, database.url(), Map.of("sentinel.edge.heartbeat", "5ms"));
    RawClient client = new RawClient(other.server().tcpPort());
    client.connect(5, id, USER, AuthDatabase.PASSWORD);
    assertEquals(2, client.read().type());
    other.close();
    RawClient.Packet disconnect = client.read();
    assertEquals(14, disconnect.type());
    assertEquals(ReasonCode.SHUTTING_DOWN, disconnect.at(0));
    client.close();
    Await.until(
        "the session's end",
        () ->
            fanout.bodies(id, io.mqttsentinel.schemas.SessionClose.class).stream()
                .anyMatch(c -> c.getCause() == io.mqttsentinel.schemas.CloseCause.EDGE_SHUTDOWN));
    Predicate<EdgeEvent> itsLife = e -> e.getEdge().equals(other.name());
    Await.until(
        "the edge's end",
        () ->
            edgeEvents.poll(itsLife).stream().anyMatch(e -> e.getType() == EdgeEventType.STOPPED));
    edgeEvents.poll(); // what came with or behind it
    assertEquals(EdgeEventType.STOPPED, edgeEvents.poll(itsLife).getLast().getType());
  }

  @Test
  void manyDeliveriesKeepTheirOrder() throws Exception {
    String id = newId();
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    var client = new org.eclipse.paho.mqttv5.client.MqttClient(edge.tcp(), id, null);
    client.setCallback(new QueueingCallback(received));
    client.connect(options5());
    client.subscribe("clients/" + id + "/#", 1);
    int count = 15; // within the window, which the double does not keep
    for (int i = 0; i < count; i++) {
      client.publish("clients/" + id + "/n", utf8("m" + i), 1, false);
    }
    for (int i : IntStream.range(0, count).toArray()) {
      assertEquals("m" + i, received.poll(30, TimeUnit.SECONDS));
    }
    client.disconnect();
    client.close();
  }

  @Test
  void whatAnOwnerRepeatsAfterACrashIsNotWrittenAgain() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      SessionEvent session = fanout.opened(id);
      ClientMessage message = message("t", utf8("m"), NONE, Instant.now());
      List<Long> ids =
          IntStream.range(0, 4).mapToObj(_ -> fanout.deliver(session, message, 1)).toList();
      for (long deliveryId : ids) {
        assertEquals(DeliveryWindow.packetId(deliveryId), packetId(client.read()));
      }
      client.send(0x40, RawClient.number(DeliveryWindow.packetId(ids.get(0))));
      client.send(
          0x40, RawClient.number(DeliveryWindow.packetId(ids.get(1))), new byte[] {(byte) 0x83});
      Await.until("both are reported", () -> reports(id, ids.get(1)).size() == 1);
      ids.forEach(deliveryId -> fanout.repeat(session, message, 1, deliveryId, false));
      long next = fanout.deliver(session, message, 1);
      assertEquals(DeliveryWindow.packetId(next), packetId(client.read()), "only what is new");
      Await.until(
          "what was finished is reported again",
          () -> reports(id, ids.get(0)).size() == 2 && reports(id, ids.get(1)).size() == 2);
      assertEquals(DeliveryOutcome.ACKNOWLEDGED, reports(id, ids.get(0)).getLast().getOutcome());
      DeliveryAck refused = reports(id, ids.get(1)).getLast();
      assertEquals(DeliveryOutcome.REFUSED, refused.getOutcome());
      assertEquals(0x83, refused.getReasonCode());
      assertTrue(reports(id, ids.get(2)).isEmpty(), "still at the client");
    }
  }

  private List<DeliveryAck> reports(String clientId, long deliveryId) {
    return fanout.acks(clientId).stream()
        .filter(ack -> ack.getDeliveryIds().contains(deliveryId))
        .toList();
  }

  @Test
  void topicsGetAliasesWhereTheClientTakesThem() throws Exception {
    String id = newId();
    try (RawClient client = connectLasting(id, "22 0001")) {
      SessionEvent session = fanout.opened(id);
      for (String topic : new String[] {"t/a", "t/a", "t/b", "t/a"}) {
        fanout.deliver(session, message(topic, utf8("x"), NONE, Instant.now()), 0);
      }
      assertEquals("30 0003742f6103230001" + "78", client.read().toString());
      assertEquals("30 000003230001" + "78", client.read().toString());
      assertEquals("30 0003742f6200" + "78", client.read().toString(), "there is one alias");
      assertEquals("30 000003230001" + "78", client.read().toString());
    }
  }

  /** The client opens the flow on its own thread some time later: only then it may get any. */
  private static Mqtt5BlockingClient.Mqtt5Publishes publishes(Mqtt5BlockingClient client) {
    var publishes = client.publishes(MqttGlobalPublishFilter.ALL);
    // What it sends goes through the same thread, behind that.
    String id = client.getConfig().getClientIdentifier().orElseThrow().toString();
    var _ =
        client.publishWith().topic("clients/" + id + "/ready").qos(MqttQos.AT_LEAST_ONCE).send();
    return publishes;
  }

  private static Mqtt5Publish receive(Mqtt5BlockingClient.Mqtt5Publishes publishes) {
    try {
      return publishes.receive(30, TimeUnit.SECONDS).orElseThrow();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static ClientMessage message(
      String topic, byte[] payload, MessageProperties properties, Instant acceptedAt) {
    return new ClientMessage(
        1L,
        1L,
        "origin",
        topic,
        ByteBuffer.wrap(payload),
        1,
        false,
        properties,
        acceptedAt,
        Action.ALLOW,
        List.of());
  }

  @Test
  void silentClientsAreLetGoWithTheirReason() throws Exception {
    String id = newId();
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      byte[] connect = RawClient.connectBody(5, id, USER, AuthDatabase.PASSWORD);
      connect[9] = 1; // keep-alive of a second
      client.send(0x10, connect);
      assertEquals(2, client.read().type());
      Instant start = Instant.now();
      RawClient.Packet disconnect = client.read();
      assertEquals(14, disconnect.type());
      assertEquals(ReasonCode.KEEP_ALIVE_TIMEOUT, disconnect.at(0));
      assertTrue(Duration.between(start, Instant.now()).toMillis() > 1000, "not before its time");
    }
  }
}
