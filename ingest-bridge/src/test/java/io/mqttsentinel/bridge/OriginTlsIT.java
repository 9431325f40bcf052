package io.mqttsentinel.bridge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.TestKafka;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bridge and a real Mosquitto that speak TLS; one listener asks for the bridge's certificate.
 */
final class OriginTlsIT {

  @TempDir Path directory;

  private final String site = "tls-" + System.nanoTime();
  private TestCertificate server;
  private TestCertificate client;
  private int tlsPort;
  private int secureWebSocketPort;
  private int mutualPort;
  private Mosquitto origin;

  @BeforeEach
  void startOrigin() throws Exception {
    server = TestCertificate.make(directory, "origin");
    client = TestCertificate.make(directory, "bridge");
    tlsPort = Mosquitto.freePort();
    secureWebSocketPort = Mosquitto.freePort();
    mutualPort = Mosquitto.freePort();
    String identity = "certfile %s%nkeyfile %s%n".formatted(server.certificate(), server.key());
    origin =
        Mosquitto.start(
            directory,
            "listener %d 127.0.0.1%n".formatted(tlsPort)
                + identity
                + "listener %d 127.0.0.1%nprotocol websockets%n".formatted(secureWebSocketPort)
                + identity
                + "listener %d 127.0.0.1%nrequire_certificate true%ncafile %s%n"
                    .formatted(mutualPort, client.certificate())
                + identity);
    Await.until(
        "mosquitto listens with TLS",
        () ->
            Mosquitto.listens(tlsPort)
                && Mosquitto.listens(secureWebSocketPort)
                && Mosquitto.listens(mutualPort));
  }

  @AfterEach
  void stopOrigin() {
    if (origin != null) {
      origin.close();
    }
  }

  @Test
  void aMessageArrivesOverTls() throws Exception {
    arrives(Map.of("sentinel.bridge.uri", "ssl://127.0.0.1:" + tlsPort));
  }

  @Test
  void aMessageArrivesOverSecureWebSocket() throws Exception {
    arrives(
        Map.of("sentinel.bridge.uri", "wss://127.0.0.1:%d/mqtt".formatted(secureWebSocketPort)));
  }

  @Test
  void theBridgeShowsItsOwnCertificateWhereItIsAskedFor() throws Exception {
    arrives(
        Map.of(
            "sentinel.bridge.uri",
            "ssl://127.0.0.1:" + mutualPort,
            "sentinel.bridge.key-store",
            client.store().toString(),
            "sentinel.bridge.key-store-password",
            TestCertificate.STORE_PASSWORD));
  }

  @Test
  void anOriginThatIsNotTrustedIsNotSpokenTo() {
    refused(
        Map.of(
            "sentinel.bridge.uri",
            "ssl://127.0.0.1:" + tlsPort,
            "sentinel.bridge.trust-store",
            client.certificate().toString()));
  }

  @Test
  void anOriginOfAnotherNameIsNotSpokenTo() {
    refused(Map.of("sentinel.bridge.uri", "ssl://localhost:" + tlsPort));
  }

  private void arrives(Map<String, Object> more) throws Exception {
    TestKafka kafka = TestKafka.shared();
    try (ApplicationContext bridge = ServiceMain.start(Set.of("ingest-bridge"), settings(more));
        OriginPublisher publisher = new OriginPublisher(origin.port());
        TopicReader<InspectedMessage> inbound =
            new TopicReader<>(Topics.MQTT_INBOUND, kafka.bootstrapServers(), kafka.registryUrl())) {
      MeterRegistry meters = bridge.getBean(MeterRegistry.class);
      Await.until(
          "the bridge is connected",
          () -> meters.get("sentinel.bridge.connected").gauge().value() == 1.0);
      publisher.publish(site + "/alerts", "ALERT");
      inbound.await(
          "the message",
          all -> all.stream().anyMatch(message -> message.getTopic().equals(site + "/alerts")));
    }
  }

  private void refused(Map<String, Object> more) {
    try (ApplicationContext bridge = ServiceMain.start(Set.of("ingest-bridge"), settings(more))) {
      Bridge.Status status =
          Await.value(
              "the failure is told",
              () -> bridge.getBean(Bridge.class).status(),
              s -> !s.lastFailure().isEmpty());
      assertTrue(status.alive(), "it tries again");
      assertTrue(
          status.lastFailure().toLowerCase(java.util.Locale.ROOT).contains("cert"),
          status.lastFailure());
    }
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
    config.put("sentinel.bridge.client-id", "bridge-" + site);
    config.put("sentinel.bridge.username", Mosquitto.USER);
    config.put("sentinel.bridge.password", Mosquitto.PASSWORD);
    config.put("sentinel.bridge.topics", List.of(site + "/#"));
    config.put("sentinel.bridge.trust-store", server.certificate().toString());
    config.put("sentinel.bridge.reconnect-first", "50ms");
    config.put("sentinel.bridge.reconnect-longest", "500ms");
    config.putAll(more);
    return config;
  }
}
