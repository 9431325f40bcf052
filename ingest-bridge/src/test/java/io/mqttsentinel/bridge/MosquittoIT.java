package io.mqttsentinel.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.DeadLetter;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.Requires;
import io.mqttsentinel.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bridge between a real Mosquitto and a real Kafka. */
final class MosquittoIT {

  @TempDir Path directory;

  private final String site = "site-" + System.nanoTime();
  private Mosquitto origin;
  private TopicReader<InspectedMessage> inbound;

  @BeforeEach
  void startOrigin() throws Exception {
    origin = Mosquitto.start(directory);
  }

  @AfterEach
  void stopAll() throws Exception {
    if (inbound != null) {
      inbound.close();
    }
    if (origin != null) {
      origin.close();
    }
  }

  @Test
  void messageOfMosquittoPubArrivesInItsEnvelope() throws Exception {
    try (ApplicationContext bridge = bridge(Map.of())) {
      Process pub =
          new ProcessBuilder(
                  Requires.program("mosquitto_pub").toString(),
                  "-h",
                  "127.0.0.1",
                  "-p",
                  Integer.toString(origin.port()),
                  "-V",
                  "mqttv5",
                  "-u",
                  Mosquitto.USER,
                  "-P",
                  Mosquitto.PASSWORD,
                  "-q",
                  "1",
                  "-t",
                  site + "/clients/dev-1/alerts",
                  "-m",
                  "ALERT")
              .inheritIO()
              .start();
      assertEquals(0, pub.waitFor());
      InspectedMessage message = awaitPayloads(Set.of("ALERT")).getFirst();
      assertEquals(site + "/clients/dev-1/alerts", message.getTopic());
      assertEquals(MessageSource.ORIGIN, message.getSource());
      assertEquals(message.getTopic(), message.getClientId());
      assertEquals("127.0.0.1:" + origin.port(), message.getRemoteAddress());
      assertEquals(1, message.getQos());
      assertTrue(
          inbound.records().stream()
              .filter(record -> isMine(record.value()))
              .allMatch(record -> record.key().equals(message.getClientId())));
      assertEquals(1.0, gauge(bridge, "sentinel.bridge.connected"));
    }
  }

  @Test
  void propertiesAndMappedTopicArriveOverWebSocket() throws Exception {
    Map<String, Object> config =
        Map.of(
            "sentinel.bridge.uri", "ws://127.0.0.1:" + origin.webSocketPort() + "/mqtt",
            "sentinel.bridge.topic-prefix-in", site + "/");
    try (ApplicationContext bridge = bridge(config);
        OriginPublisher publisher = new OriginPublisher(origin.port())) {
      MqttProperties properties = new MqttProperties();
      properties.setPayloadFormat(true);
      properties.setContentType("text/plain");
      properties.setResponseTopic("answers");
      properties.setCorrelationData(new byte[] {1, 2});
      properties.setMessageExpiryInterval(3600L);
      properties.setUserProperties(List.of(new UserProperty("a", "1"), new UserProperty("a", "2")));
      MqttMessage message = OriginPublisher.message("with properties");
      message.setProperties(properties);
      publisher.publish(site + "/clients/" + site + "/alerts", message);
      InspectedMessage received = awaitPayloads(Set.of("with properties")).getFirst();
      assertEquals("clients/" + site + "/alerts", received.getTopic());
      assertEquals(site, received.getClientId());
      assertEquals(1, received.getProperties().getPayloadFormatIndicator());
      assertEquals("text/plain", received.getProperties().getContentType());
      assertEquals("answers", received.getProperties().getResponseTopic());
      assertEquals(2, received.getProperties().getCorrelationData().remaining());
      assertTrue(received.getProperties().getMessageExpirySeconds() > 3500);
      assertEquals(
          List.of("a=1", "a=2"),
          received.getProperties().getUserProperties().stream()
              .map(p -> p.getName() + "=" + p.getValue())
              .toList());
      assertTrue(bridge.isRunning());
    }
  }

  @Test
  void largeMessagesArriveWholeOverWebSocket() throws Exception {
    Map<String, Object> config =
        Map.of("sentinel.bridge.uri", "ws://127.0.0.1:" + origin.webSocketPort() + "/mqtt");
    try (ApplicationContext bridge = bridge(config);
        OriginPublisher publisher = new OriginPublisher(origin.port())) {
      String large = "x".repeat(40_000);
      publisher.publish(site + "/large", large);
      publisher.publish(site + "/small", "behind");
      List<InspectedMessage> messages = awaitPayloads(Set.of(large, "behind"));
      assertEquals(2, messages.size());
      assertTrue(bridge.isRunning());
    }
  }

  @Test
  void messagesPassAWebApplicationFirewallAndAttacksDoNot() throws Exception {
    try (Firewall firewall =
        Firewall.before(
            origin.webSocketPort(), Files.createDirectory(directory.resolve("nginx")))) {
      String address = "ws://127.0.0.1:" + firewall.port() + "/mqtt";
      try (ApplicationContext bridge = bridge(Map.of("sentinel.bridge.uri", address))) {
        publish("through-the-firewall", 5);
        awaitPayloads(payloads("through-the-firewall", 5));
        assertTrue(bridge.isRunning());
      }
      Map<String, Object> attack =
          settings(Map.of("sentinel.bridge.uri", address + "?q=%3Cscript%3Ealert(1)%3C/script%3E"));
      try (ApplicationContext bridge = ServiceMain.start(Set.of("ingest-bridge"), attack)) {
        Await.until(
            "the refusal is told",
            () -> bridge.getBean(Bridge.class).status().lastFailure().contains("403"));
      }
    }
  }

  @Test
  void nothingIsLostWhenTheOriginRestarts() throws Exception {
    try (ApplicationContext bridge = bridge(Map.of())) {
      publish("before", 50);
      awaitPayloads(payloads("before", 50));
      origin.stop();
      Await.until("the loss is seen", () -> gauge(bridge, "sentinel.bridge.connected") == 0.0);
      origin.start();
      publish("after", 50);
      awaitPayloads(payloads("after", 50));
    }
  }

  @Test
  void whatComesWhileTheBridgeIsAwayWaitsAtTheOrigin() throws Exception {
    bridge(Map.of()).close();
    publish("kept", 20);
    try (ApplicationContext bridge = bridge(Map.of())) {
      awaitPayloads(payloads("kept", 20));
      assertTrue(bridge.isRunning());
    }
  }

  @Test
  void retainedMessageComesOnceAndNotAgainAfterReconnect() throws Exception {
    try (OriginPublisher publisher = new OriginPublisher(origin.port())) {
      MqttMessage retained = OriginPublisher.message("retained");
      retained.setRetained(true);
      publisher.publish(site + "/state", retained);
    }
    try (ApplicationContext bridge = bridge(Map.of())) {
      InspectedMessage message = awaitPayloads(Set.of("retained")).getFirst();
      assertTrue(message.getRetain());
      assertTrue(bridge.isRunning());
    }
    try (ApplicationContext bridge = bridge(Map.of())) {
      publish("live", 1);
      List<InspectedMessage> all = awaitPayloads(payloads("live", 1));
      assertEquals(1, all.stream().filter(m -> text(m).equals("retained")).count());
      assertTrue(bridge.isRunning());
    }
  }

  @Test
  void refusedMessagesAreAcknowledgedAndReported() throws Exception {
    Map<String, Object> config =
        Map.of(
            "sentinel.bridge.max-message-bytes",
            1000,
            "sentinel.bridge.receive-maximum",
            2,
            "sentinel.bridge.topic-prefix-in",
            site + "/in/",
            "sentinel.bridge.topic-prefix-out",
            site + "/",
            "sentinel.bridge.topics",
            List.of(site + "/#"));
    try (ApplicationContext bridge = bridge(config);
        OriginPublisher publisher = new OriginPublisher(origin.port());
        TopicReader<DeadLetter> letters =
            new TopicReader<>(
                Topics.DEAD_LETTERS,
                TestKafka.shared().bootstrapServers(),
                TestKafka.shared().registryUrl())) {
      // More than the receive maximum: without acknowledgements the last would never come.
      for (int i = 0; i < 3; i++) {
        publisher.publish(site + "/in/large", "y".repeat(1001));
        publisher.publish(site + "/elsewhere", "no prefix");
      }
      publisher.publish(site + "/in/good", "good");
      awaitPayloads(Set.of("good"));
      List<DeadLetter> mine =
          letters
              .await(
                  "six dead letters",
                  all -> all.stream().filter(l -> l.getTopic().startsWith(site)).count() >= 6)
              .stream()
              .filter(l -> l.getTopic().startsWith(site))
              .toList();
      assertEquals(3, mine.stream().filter(l -> l.getReason().contains("at most 1000")).count());
      assertEquals(
          3, mine.stream().filter(l -> l.getReason().contains("does not start with")).count());
      MeterRegistry meters = bridge.getBean(MeterRegistry.class);
      assertEquals(
          3.0, meters.get("sentinel.bridge.refused").tag("cause", "too_large").counter().count());
      assertEquals(
          3.0, meters.get("sentinel.bridge.refused").tag("cause", "bad_topic").counter().count());
    }
  }

  @Test
  void wrongPasswordIsToldAndTriedAgain() throws Exception {
    Map<String, Object> config = settings(Map.of("sentinel.bridge.password", "wrong"));
    try (ApplicationContext bridge = ServiceMain.start(Set.of("ingest-bridge"), config)) {
      Bridge.Status status =
          Await.value(
              "the refusal is told",
              () -> bridge.getBean(Bridge.class).status(),
              s -> s.lastFailure().contains("0x87"));
      assertTrue(status.alive());
      Await.until(
          "it tries again",
          () ->
              bridge
                      .getBean(MeterRegistry.class)
                      .get("sentinel.bridge.connects")
                      .tag("outcome", "failure")
                      .counter()
                      .count()
                  >= 2);
    }
  }

  private ApplicationContext bridge(Map<String, Object> more) {
    ApplicationContext context = ServiceMain.start(Set.of("ingest-bridge"), settings(more));
    Await.until(
        "the bridge is connected", () -> gauge(context, "sentinel.bridge.connected") == 1.0);
    return context;
  }

  private Map<String, Object> settings(Map<String, Object> more) {
    TestKafka kafka = TestKafka.shared();
    Map<String, Object> config = new HashMap<>();
    config.put("micronaut.server.port", -1);
    config.put("sentinel.kafka.bootstrap-servers", kafka.bootstrapServers());
    config.put("sentinel.kafka.partitions", 4);
    config.put("sentinel.kafka.lanes", 4);
    config.put("sentinel.kafka.replication-factor", 1);
    config.put("sentinel.registry.url", kafka.registryUrl());
    config.put("sentinel.bridge.uri", "tcp://127.0.0.1:" + origin.port());
    config.put("sentinel.bridge.client-id", "bridge-" + site);
    config.put("sentinel.bridge.username", Mosquitto.USER);
    config.put("sentinel.bridge.password", Mosquitto.PASSWORD);
    config.put("sentinel.bridge.topics", List.of(site + "/#"));
    config.put("sentinel.bridge.reconnect-first", "50ms");
    config.put("sentinel.bridge.reconnect-longest", "500ms");
    config.putAll(more);
    return config;
  }

  private void publish(String prefix, int count) throws Exception {
    try (OriginPublisher publisher = new OriginPublisher(origin.port())) {
      for (int i = 0; i < count; i++) {
        publisher.publish(site + "/" + (i % 7), prefix + "-" + i);
      }
    }
  }

  private static Set<String> payloads(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + "-" + i).collect(Collectors.toSet());
  }

  /** The messages of this test's site, once all of these payloads are among them. */
  private List<InspectedMessage> awaitPayloads(Set<String> expected) {
    if (inbound == null) {
      TestKafka kafka = TestKafka.shared();
      inbound =
          new TopicReader<>(Topics.MQTT_INBOUND, kafka.bootstrapServers(), kafka.registryUrl());
    }
    return inbound
        .await(
            expected.size() + " messages",
            all ->
                all.stream()
                    .filter(this::isMine)
                    .map(MosquittoIT::text)
                    .collect(Collectors.toCollection(HashSet::new))
                    .containsAll(expected))
        .stream()
        .filter(this::isMine)
        .toList();
  }

  private boolean isMine(InspectedMessage message) {
    return message.getTopic().contains(site);
  }

  private static String text(InspectedMessage message) {
    return StandardCharsets.UTF_8.decode(message.getPayload().duplicate()).toString();
  }

  private static double gauge(ApplicationContext context, String name) {
    return context.getBean(MeterRegistry.class).get(name).gauge().value();
  }
}
