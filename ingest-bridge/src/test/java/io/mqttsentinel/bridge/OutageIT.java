package io.mqttsentinel.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.embedded.EmbeddedKafka;
import io.mqttsentinel.embedded.EmbeddedSchemaRegistry;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka goes away, the bridge is killed: what the origin had acknowledged still arrives. */
final class OutageIT {

  private static final int RECEIVE_MAXIMUM = 8;

  @TempDir Path directory;

  private Mosquitto origin;
  private EmbeddedKafka kafka;
  private EmbeddedSchemaRegistry registry;

  @BeforeEach
  void startAll() throws Exception {
    origin = Mosquitto.start(Files.createDirectory(directory.resolve("mosquitto")));
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0);
  }

  @AfterEach
  void stopAll() {
    if (origin != null) {
      origin.close();
    }
    if (registry != null) {
      registry.close();
    }
    if (kafka != null) {
      kafka.close();
    }
  }

  @Test
  void nothingIsLostAndMemoryIsBoundedWhileKafkaIsAway() throws Exception {
    try (ApplicationContext bridge = ServiceMain.start(Set.of("ingest-bridge"), settings())) {
      Await.until("connected", () -> gauge(bridge, "sentinel.bridge.connected") == 1.0);
      publish("before", 10);
      int during = publishWhileKafkaCloses("during");
      Await.until("some wait for Kafka", () -> gauge(bridge, "sentinel.bridge.in.flight") > 0);
      assertTrue(gauge(bridge, "sentinel.bridge.in.flight") <= RECEIVE_MAXIMUM);
      publish("away", 10);
      kafka = EmbeddedKafka.start(directory.resolve("kafka"), kafka.port());
      publish("after", 10);
      awaitAll(Map.of("before", 10, "during", during, "away", 10, "after", 10));
      Await.until("all acknowledged", () -> gauge(bridge, "sentinel.bridge.in.flight") == 0.0);
    }
  }

  @Test
  void messageComesAgainWhenTheBridgeIsKilledBeforeItAcknowledged() throws Exception {
    int port = Mosquitto.freePort();
    Process bridge = bridgeProcess(port);
    int held;
    try {
      Await.until("connected", () -> metric(port, "sentinel_bridge_connected") == 1.0);
      held = publishWhileKafkaCloses("held");
      Await.until("some wait for Kafka", () -> metric(port, "sentinel_bridge_in_flight") > 0);
    } finally {
      bridge.destroyForcibly().waitFor();
    }
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), kafka.port());
    Process second = bridgeProcess(Mosquitto.freePort());
    try {
      awaitAll(Map.of("held", held));
    } finally {
      second.destroyForcibly().waitFor();
    }
  }

  /** Messages that are on their way when Kafka goes: returns how many the origin has. */
  private int publishWhileKafkaCloses(String prefix) throws Exception {
    CompletableFuture<Void> closing = CompletableFuture.runAsync(kafka::close);
    int count = 0;
    try (OriginPublisher publisher = new OriginPublisher(origin.port())) {
      while (!closing.isDone() || count < 20) {
        publisher.publish("clients/dev-" + (count % 5) + "/alerts", prefix + "-" + count);
        count++;
      }
    }
    closing.join();
    return count;
  }

  private void awaitAll(Map<String, Integer> counts) {
    Set<String> expected =
        counts.entrySet().stream()
            .flatMap(
                entry ->
                    IntStream.range(0, entry.getValue()).mapToObj(i -> entry.getKey() + "-" + i))
            .collect(Collectors.toSet());
    try (TopicReader<InspectedMessage> inbound =
        new TopicReader<>(Topics.MQTT_INBOUND, kafka.bootstrapServers(), registry.url())) {
      List<InspectedMessage> all =
          inbound.await(expected.size() + " messages", found -> texts(found).containsAll(expected));
      assertEquals(expected, texts(all));
    }
  }

  private void publish(String prefix, int count) throws Exception {
    try (OriginPublisher publisher = new OriginPublisher(origin.port())) {
      for (int i = 0; i < count; i++) {
        publisher.publish("clients/dev-" + (i % 5) + "/alerts", prefix + "-" + i);
      }
    }
  }

  /** The service as it runs in production: a process of its own, set up by its environment. */
  private Process bridgeProcess(int httpPort) throws IOException {
    ProcessBuilder process =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            BridgeApplication.class.getName());
    settings()
        .forEach(
            (key, value) ->
                process
                    .environment()
                    .put(
                        key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT),
                        value.toString()));
    process.environment().put("MICRONAUT_SERVER_PORT", Integer.toString(httpPort));
    return process
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("bridge.log").toFile()))
        .start();
  }

  private Map<String, Object> settings() {
    Map<String, Object> config = new HashMap<>();
    config.put("micronaut.server.port", -1);
    config.put("sentinel.kafka.bootstrap-servers", kafka.bootstrapServers());
    config.put("sentinel.kafka.partitions", 4);
    config.put("sentinel.kafka.lanes", 4);
    config.put("sentinel.kafka.replication-factor", 1);
    config.put("sentinel.registry.url", registry.url());
    config.put("sentinel.bridge.uri", "tcp://127.0.0.1:" + origin.port());
    config.put("sentinel.bridge.username", Mosquitto.USER);
    config.put("sentinel.bridge.password", Mosquitto.PASSWORD);
    config.put("sentinel.bridge.receive-maximum", RECEIVE_MAXIMUM);
    config.put("sentinel.bridge.delivery-timeout", "15s");
    config.put("sentinel.bridge.drain-time", "1s");
    return config;
  }

  private static Set<String> texts(List<InspectedMessage> messages) {
    return messages.stream()
        .map(m -> StandardCharsets.UTF_8.decode(m.getPayload().duplicate()).toString())
        .collect(Collectors.toSet());
  }

  private static double gauge(ApplicationContext context, String name) {
    return context.getBean(MeterRegistry.class).get(name).gauge().value();
  }

  private static double metric(int port, String name) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + "/prometheus");
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }
}
