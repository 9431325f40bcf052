package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.e2e.Device.Received;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.Requires;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the customer's Mosquitto or a device, through every stage, to the right device only. */
class WholeWayIT {

  private static final int NOT_AUTHORIZED = 0x87;
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

  @TempDir static Path directory;
  private static Cluster cluster;
  private static Mosquitto origin;
  private static TopicReader<String, SecurityEvent> events;

  @BeforeAll
  static void start() throws Exception {
    origin = Mosquitto.start(directory);
    cluster = SharedCluster.get();
    cluster.bridgeTo(
        origin.webSocketUri(),
        Map.of(
            "sentinel.bridge.username", Mosquitto.USER,
            "sentinel.bridge.password", Mosquitto.PASSWORD));
    events = new TopicReader<>(cluster, Topics.SECURITY_EVENTS);
  }

  @AfterAll
  static void stop() {
    if (events != null) {
      events.close();
    }
    if (cluster != null) {
      cluster.stop(Part.BRIDGE);
    }
    if (origin != null) {
      origin.close();
    }
  }

  @Test
  void anAlertReachesTheRightDeviceOnly() throws Exception {
    try (Device right = device(0, "right").subscribe("clients/right/alerts", 1);
        Device wrong = device(1, "wrong").subscribe("clients/wrong/#", 1)) {
      origin.publish("clients/right/alerts", "{\"alert\":\"door open\"}");

      awaitPayload(right, "{\"alert\":\"door open\"}");
      origin.publish("clients/wrong/alerts", "ALERT");
      awaitPayload(wrong, "ALERT");
      assertEquals(1, right.received().size());
      assertEquals(1, wrong.received().size());
    }
  }

  @Test
  void anInjectionIsBlockedAndReported() throws Exception {
    String attack = "'; DROP TABLE users; --";
    try (Device device = device(0, "victim").subscribe("clients/victim/alerts", 1)) {
      origin.publish("clients/victim/alerts", attack);

      SecurityEvent event =
          events.await(
              "the event", e -> e.getClientId().equals("victim") && e.getAction() == Action.BLOCK);
      assertEquals(SecurityLayer.SIGNATURE, event.getLayer());
      assertFalse(event.getFindings().isEmpty());
      assertEquals(attack.length(), event.getPayloadSize());
      // What comes after it arrives; it does not.
      origin.publish("clients/victim/alerts", "ALERT");
      awaitPayload(device, "ALERT");
      assertEquals(List.of(new Received("clients/victim/alerts", "ALERT")), device.received());
    }
  }

  @Test
  void anOversizedMessageWaitsInQuarantine() throws Exception {
    try (Device device = device(0, "big").subscribe("clients/big/#", 1);
        TopicReader<String, ?> quarantine =
            new TopicReader<>(cluster, Topics.MESSAGES_QUARANTINED)) {
      device.publish("clients/big/telemetry", "{\"log\":\"" + "a ".repeat(8000) + "\"}", 1);

      events.await(
          "the event", e -> e.getClientId().equals("big") && e.getAction() == Action.QUARANTINE);
      Await.until("it waits in quarantine", () -> !quarantine.all().isEmpty());
      Await.staysTrue("not delivered", LONG_ENOUGH, () -> device.received().isEmpty());
    }
  }

  @Test
  void aTopicOfSomebodyElseIsRefused() throws Exception {
    try (Device device = device(0, "curious")) {
      MqttException refused =
          assertThrows(
              MqttException.class, () -> device.publish("clients/victim/alerts", "ALERT", 1));
      assertEquals(NOT_AUTHORIZED, refused.getReasonCode());
      events.await(
          "the event",
          e -> e.getClientId().equals("curious") && e.getLayer() == SecurityLayer.AUTHORIZATION);
    }
  }

  @Test
  void wrongCredentialsAreRefusedAndReported() {
    MqttException refused =
        assertThrows(
            MqttException.class,
            () -> Device.connect(cluster.edge(0), "burglar", "device", "guess", 0));
    assertTrue(List.of(0x86, NOT_AUTHORIZED).contains(refused.getReasonCode()), refused.toString());
    SecurityEvent event = events.await("the event", e -> e.getClientId().equals("burglar"));
    assertEquals(SecurityLayer.AUTHENTICATION, event.getLayer());
    assertFalse(event.toString().contains("guess"), "no password in an event");
  }

  @Test
  void aMessageCrossesEdges() throws Exception {
    try (Device here = device(0, "crossing").subscribe("clients/crossing/#", 1)) {
      here.publish("clients/crossing/state", "on", 1);
      awaitPayload(here, "on");
    }
    try (Device device = device(1, "far").subscribe("clients/far/#", 1);
        Device operator =
            Device.connect(cluster.edge(0), "operator", "operator", "operator-password", 0)) {
      operator.publish("clients/far/commands", "restart", 1);
      awaitPayload(device, "restart");
    }
  }

  @Test
  void mosquittosSubscriberGetsItsAlert() throws Exception {
    Process subscriber =
        new ProcessBuilder(
                Requires.program("mosquitto_sub").toString(),
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(cluster.mqttPort(0)),
                "-i",
                "mosq",
                "-u",
                "device",
                "-P",
                "device-password",
                "-q",
                "1",
                "-C",
                "1",
                "-W",
                "90",
                "-t",
                "clients/mosq/alerts")
            .redirectErrorStream(true)
            .start();
    try {
      // When it has subscribed cannot be seen from outside.
      Await.until(
          "mosquitto_sub gets its one message and ends",
          () -> {
            origin.publish("clients/mosq/alerts", "ALERT");
            return subscriber.waitFor(300, TimeUnit.MILLISECONDS);
          });
      assertEquals(
          "ALERT",
          new String(subscriber.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
      assertEquals(0, subscriber.exitValue());
    } finally {
      subscriber.destroyForcibly();
    }
  }

  @Test
  void everyServiceReportsItsStage() {
    for (Part part : List.of(Part.INSPECTION, Part.FANOUT, Part.edge(0), Part.BRIDGE)) {
      String metrics = cluster.http(part, "/prometheus");
      assertTrue(metrics.contains("sentinel_"), part + " has meters of its own");
    }
    String stages = cluster.http(Part.INSPECTION, "/prometheus");
    for (String stage :
        List.of("pattern-matcher", "anomaly-detector", "auth-verifier", "event-aggregator")) {
      assertTrue(
          stages.contains("sentinel_stage_messages_total{") && stages.contains(stage),
          stage + " counts its messages");
    }
  }

  private static Device device(int lane, String clientId) throws MqttException {
    return Device.connect(cluster.edge(lane), clientId, "device", "device-password", 0);
  }

  private static void awaitPayload(Device device, String payload) {
    Await.until(
        "'" + payload + "' arrives",
        () -> device.received().stream().anyMatch(message -> message.payload().equals(payload)));
  }
}
