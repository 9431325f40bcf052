package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.SessionSubscribe;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.TestKafka;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.paho.mqttv5.client.IMqttMessageListener;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Subscriptions to what was. */
class EdgeReplayIT extends EdgeSuite {

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private KafkaProducer<String, byte[]> producer;
  private AvroSerdes serdes;
  private long sequence;

  private record Received(String topic, String payload, boolean retained, String property) {}

  @Override
  Map<String, Object> settings() {
    return Map.of(
        "sentinel.edge.replay.max-concurrent", 2, "sentinel.edge.replay.stall-limit", "60s");
  }

  @BeforeAll
  void connectToKafka() {
    TestKafka kafka = TestKafka.shared();
    serdes = new AvroSerdes(new HttpSchemaRegistry(kafka.registryUrl(), null, 3));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  @AfterAll
  void closeProducer() {
    producer.close();
  }

  private void cleared(String topic, String payload, Duration ago) {
    cleared(topic, utf8(payload), ago, null);
  }

  private void cleared(String topic, byte[] payload, Duration ago, Long expirySeconds) {
    InspectedMessage message =
        InspectedMessage.newBuilder()
            .setEpoch(1)
            .setSequence(++sequence)
            .setSource(MessageSource.ORIGIN)
            .setRegion("local")
            .setEdge("edge-0")
            .setClientId("origin")
            .setTopic(topic)
            .setPayload(ByteBuffer.wrap(payload))
            .setQos(1)
            .setProperties(new MessageProperties(null, expirySeconds, null, null, null, List.of()))
            .setAcceptedAt(now.minus(ago))
            .build();
    var _ =
        producer.send(
            new ProducerRecord<>(
                Topics.MESSAGES_CLEARED.name(),
                Topics.MESSAGES_CLEARED.partition(topic, TestEdge.PARTITIONS),
                now.minus(ago).toEpochMilli(),
                topic,
                serdes
                    .value(Topics.MESSAGES_CLEARED)
                    .serializer()
                    .serialize(Topics.MESSAGES_CLEARED.name(), message)));
    producer.flush();
  }

  private static Received received(String topic, MqttMessage message) {
    List<UserProperty> pairs = message.getProperties().getUserProperties();
    return new Received(
        topic,
        new String(message.getPayload(), StandardCharsets.UTF_8),
        message.isRetained(),
        pairs.isEmpty() ? "" : pairs.getLast().getKey() + "=" + pairs.getLast().getValue());
  }

  /** Subscribes, and returns what came up to the marker of the end. */
  private static List<Received> replay(MqttClient client, String filter) throws MqttException {
    List<Received> received = new ArrayList<>();
    IMqttMessageListener listener =
        (topic, message) -> {
          synchronized (received) {
            received.add(received(topic, message));
          }
        };
    int[] codes =
        client
            .subscribe(
                new MqttSubscription[] {new MqttSubscription(filter, 1)},
                new IMqttMessageListener[] {listener})
            .getReasonCodes();
    assertEquals(0, codes[0], "QoS 0 is granted");
    return Await.value(
        "the end of " + filter,
        () -> {
          synchronized (received) {
            return List.copyOf(received);
          }
        },
        list -> !list.isEmpty() && list.getLast().retained());
  }

  @Test
  void clientHearsAgainWhatWasOnItsTopicsSinceThen() throws Exception {
    String id = newId();
    String own = "clients/" + id;
    cleared(own + "/alerts", "too early", Duration.ofHours(3));
    cleared(own + "/alerts", "first", Duration.ofMinutes(90));
    cleared("clients/" + newId() + "/alerts", "another's", Duration.ofMinutes(80));
    cleared(own + "/alerts", utf8("expired"), Duration.ofMinutes(70), 60L);
    cleared(own + "/state", "second", Duration.ofMinutes(60));
    cleared(own + "/alerts", "", Duration.ofMinutes(50));
    MqttClient client = connect5(id);

    String prefix = "$replay/PT2H/";
    assertEquals(
        List.of(
            new Received(prefix + own + "/alerts", "first", false, acceptedAt(90)),
            new Received(prefix + own + "/state", "second", false, acceptedAt(60)),
            new Received(prefix + own + "/alerts", "", false, acceptedAt(50)),
            new Received(prefix + own, "", true, "replay=complete")),
        replay(client, prefix + own + "/#"));

    String since = now.minus(Duration.ofMinutes(65)).toString();
    assertEquals(
        List.of(
            new Received("$replay/" + since + "/" + own + "/alerts", "", false, acceptedAt(50)),
            new Received("$replay/" + since + "/" + own + "/alerts", "", true, "replay=complete")),
        replay(client, "$replay/" + since + "/" + own + "/alerts"));

    String seconds = Long.toString(now.minus(Duration.ofMinutes(65)).getEpochSecond());
    assertEquals(3, replay(client, "$replay/" + seconds + "/" + own + "/+").size());
    assertEquals(
        List.of(), fanout.bodies(id, SessionSubscribe.class), "the session does not know of it");
    client.disconnect();
    client.close();
  }

  private String acceptedAt(int minutesAgo) {
    return "accepted-at=" + now.minus(Duration.ofMinutes(minutesAgo));
  }

  @Test
  void othersTopicsAndUnreadableFiltersAreRefused() throws Exception {
    String id = newId();
    assertEquals(0x87, suback(id, "$replay/PT1H/clients/" + newId() + "/alerts"));
    assertEquals(0x87, suback(id, "$replay/PT1H/clients/+/alerts"));
    assertEquals(0x87, suback(id, "$replay/PT1H/#"));
    assertEquals(0x8F, suback(id, "$replay/yesterday/clients/" + id + "/alerts"));
    assertEquals(0x8F, suback(id, "$replay/-PT1H/clients/" + id + "/alerts"));
    assertEquals(0x8F, suback(id, "$replay/PT1H"));
    assertEquals(0x8F, suback(id, "$replay/+/clients/" + id + "/alerts"));
  }

  private int suback(String id, String filter) throws Exception {
    try (RawClient client = connectRaw(5, id)) {
      subscribe(client, filter);
      RawClient.Packet suback = client.read();
      assertEquals(9, suback.type());
      return suback.at(suback.length() - 1);
    }
  }

  private static void subscribe(RawClient client, String filter) throws Exception {
    client.send(0x82, new byte[] {0, 1, 0}, RawClient.text(filter), new byte[] {0});
  }

  @Test
  void slowReaderGetsEverythingAndTheThirdAtATimeIsRefused() throws Exception {
    int count = 400;
    byte[] large = new byte[50_000]; // 20 MB: more than sockets hold
    List<RawClient> clients = new ArrayList<>();
    List<String> topics = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String id = newId();
      topics.add("clients/" + id + "/large");
      for (int n = 0; n < (i == 0 ? count : 200); n++) {
        large[0] = (byte) (n >> 8);
        large[1] = (byte) n;
        cleared(topics.get(i), large.clone(), Duration.ofMinutes(1), null);
      }
      RawClient client = connectRaw(5, id);
      clients.add(client);
      subscribe(client, "$replay/PT1H/" + topics.get(i));
      assertEquals(9, client.read().type());
    }
    assertEquals(2, edge.gauge("sentinel.edge.replays.running"), "nobody reads, nobody ends");
    String third = newId();
    assertEquals(0x97, suback(third, "$replay/PT1H/clients/" + third + "/x"));

    RawClient first = clients.getFirst();
    for (int n = 0; n < count; n++) {
      RawClient.Packet packet = first.read();
      int payload = packet.length() - large.length;
      assertEquals(n, packet.at(payload) * 256 + packet.at(payload + 1), "in order, all of them");
    }
    RawClient.Packet end = first.read();
    assertTrue(end.toString().startsWith("31 "), end.toString());

    // The other one unsubscribes, reads what was under way, and hears no more.
    RawClient second = clients.getLast();
    second.send(0xA2, new byte[] {0, 2, 0}, RawClient.text("$replay/PT1H/" + topics.getLast()));
    RawClient.Packet packet = second.read();
    int before = 0;
    while (packet.type() == 3) {
      before++;
      packet = second.read();
    }
    assertEquals(11, packet.type());
    assertEquals(0, packet.at(packet.length() - 1));
    assertTrue(before < 200, "stopped after " + before);
    second.send(0xC0);
    assertEquals(13, second.read().type());
    Await.until("both are over", () -> edge.gauge("sentinel.edge.replays.running") == 0);
    for (RawClient client : clients) {
      client.close();
    }
  }

  @Test
  void leavingStopsItAndMqtt3KnowsTheEndByItsRetainFlag() throws Exception {
    String id = newId();
    String topic = "clients/" + id + "/old";
    cleared(topic, "x", Duration.ofMinutes(1));
    try (RawClient client = connectRaw(4, id)) {
      client.send(0x82, new byte[] {0, 1}, RawClient.text("$replay/PT1H/" + topic), new byte[] {1});
      List<Integer> headers = new ArrayList<>();
      while (headers.size() < 3) {
        headers.add(client.read().type() == 9 ? 9 : 3);
      }
      assertEquals(2, headers.stream().filter(type -> type == 3).count());
    }
    Await.until("it is over", () -> edge.gauge("sentinel.edge.replays.running") == 0);
  }
}
