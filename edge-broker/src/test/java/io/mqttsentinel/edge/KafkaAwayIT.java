package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.health.HealthStatus;
import io.mqttsentinel.embedded.EmbeddedKafka;
import io.mqttsentinel.embedded.EmbeddedSchemaRegistry;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** A Kafka that goes and comes back: bounded memory, no acknowledgement by guess, no loss. */
class KafkaAwayIT {

  private static final int LIMIT = 50;
  private static final int COUNT = 2000;
  private static final String ID = "steady";

  @TempDir Path directory;

  @Test
  void publishesWaitUntilKafkaIsBack() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
    try (EmbeddedSchemaRegistry registry =
            EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0);
        AuthDatabase database = new AuthDatabase()) {
      database.user(EdgeSuite.USER);
      try (TestEdge edge = edge(0, kafka, registry, database, "2m");
          TestEdge impatient = edge(1, kafka, registry, database, "2s");
          RawClient client = connect(edge, ID);
          RawClient hopeless = connect(impatient, "hopeless")) {
        Await.until("ready", () -> status(edge).equals(HealthStatus.UP));
        kafka.close();

        hopeless.send(0x32, RawClient.text("clients/hopeless/x"), RawClient.number(1));
        assertNull(hopeless.read(), "given up: closed without PUBACK");

        CompletableFuture<Void> publisher = CompletableFuture.runAsync(() -> publish(client));
        Await.until("full", () -> edge.gauge("sentinel.edge.uplink.records") >= LIMIT);
        Await.until("not ready", () -> status(edge).equals(HealthStatus.DOWN));
        Await.staysTrue(
            "bounded and silent",
            Duration.ofSeconds(1),
            () -> edge.gauge("sentinel.edge.uplink.records") <= LIMIT + 20 && isSilent(client));
        assertTrue(!publisher.isDone(), "the socket is not read, so its sender has to wait");

        kafka = EmbeddedKafka.start(directory, kafka.port());
        for (int i = 1; i <= COUNT; i++) {
          RawClient.Packet puback = client.read();
          assertEquals(4, puback.type());
          assertEquals(i, puback.at(0) << 8 | puback.at(1));
        }
        Await.until("ready again", () -> status(edge).equals(HealthStatus.UP));
      }
      assertEquals(
          IntStream.rangeClosed(1, COUNT).mapToObj(i -> "m" + i).toList(),
          payloads(kafka, registry));
    } finally {
      kafka.close();
    }
  }

  private static TestEdge edge(
      int lane,
      EmbeddedKafka kafka,
      EmbeddedSchemaRegistry registry,
      AuthDatabase database,
      String deliveryTimeout) {
    return TestEdge.start(
        lane,
        database.url(),
        kafka.bootstrapServers(),
        registry.url(),
        Map.of(
            "sentinel.edge.uplink.max-records",
            LIMIT,
            "sentinel.edge.uplink.delivery-timeout",
            deliveryTimeout,
            "sentinel.edge.receive-maximum",
            65535));
  }

  private static RawClient connect(TestEdge edge, String id) throws Exception {
    RawClient client = new RawClient(edge.server().tcpPort());
    client.connect(4, id, EdgeSuite.USER, AuthDatabase.PASSWORD);
    assertEquals(0, client.read().at(1));
    return client;
  }

  /** 2 000 messages of 4 KB: more than the sockets' buffers on the way hold. */
  private static void publish(RawClient client) {
    String padding = " ".repeat(4096);
    try {
      for (int i = 1; i <= COUNT; i++) {
        client.send(
            0x32,
            RawClient.text("clients/" + ID + "/n"),
            RawClient.number(i),
            ("m" + i + padding).getBytes(StandardCharsets.UTF_8));
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean isSilent(RawClient client) {
    try {
      return client.available() == 0;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static HealthStatus status(TestEdge edge) {
    return Mono.from(edge.bean(EdgeHealth.class).getResult()).block().getStatus();
  }

  /** What Kafka has of the client, in order, each once. */
  private static List<String> payloads(EmbeddedKafka kafka, EmbeddedSchemaRegistry registry) {
    AvroSerdes serdes = new AvroSerdes(new HttpSchemaRegistry(registry.url(), null, 3));
    try (TopicLog<InspectedMessage> log =
        TopicLog.whole(Topics.MQTT_INBOUND, kafka.bootstrapServers(), serdes)) {
      return Await.value(
              "all messages",
              () -> log.poll(m -> m.getClientId().equals(ID)),
              list -> list.size() >= COUNT)
          .stream()
          .map(m -> StandardCharsets.UTF_8.decode(m.getPayload().duplicate()).toString().strip())
          .toList();
    }
  }
}
