package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.testing.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The whole laptop in this JVM, started twice on one directory. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AllInOneIT {

  private static final String HOST = "127.0.0.1";
  private static final long PATIENCE_MS = 60_000;
  private static final String ALERTS = "clients/dev-1/alerts";

  /** Devices and why they were disconnected. */
  private static final Queue<String> LOST = new ConcurrentLinkedQueue<>();

  @TempDir private static Path directory;
  private static AllInOne laptop;

  private record Received(String id, String payload) {}

  @BeforeAll
  static void start() throws Exception {
    laptop = startLaptop();
  }

  @AfterAll
  static void stop() {
    laptop.close();
  }

  @Test
  @Order(1)
  void anAlertOfTheOriginArrivesAtItsDeviceOnly() throws Exception {
    assertAlertArrivesAtItsDeviceOnly();
  }

  @Test
  @Order(2)
  void anInjectionDoesNotArriveAndIsReported() throws Exception {
    Queue<Received> received = new ConcurrentLinkedQueue<>();
    Queue<SecurityEvent> events = new ConcurrentLinkedQueue<>();
    try (SecurityEventFeed _ =
            SecurityEventFeed.start(laptop.bootstrapServers(), laptop.registryUrl(), events::add);
        DemoClient device = device("dev-3", received);
        DemoClient origin = origin()) {
      String topic = "clients/dev-3/alerts";
      device.subscribe(topic);
      publish(origin, topic, "'; DROP TABLE users; --", "injection");
      publish(origin, topic, "ALERT", "alert");

      // Messages of one topic keep their order: what should have come first will not come later.
      Await.until("the alert", () -> !received.isEmpty());
      assertEquals(List.of(new Received("alert", "ALERT")), List.copyOf(received));
      Await.until(
          "the event", () -> events.stream().anyMatch(event -> topic.equals(event.getTopic())));
    }
  }

  @Test
  @Order(3)
  void aWrongPasswordIsRefused() {
    Login wrong = new Login(laptop.authDatabase().addClient("dev-4").username(), "password1");

    MqttException refusal =
        assertThrows(
            MqttException.class,
            () ->
                DemoClient.connect(
                    HOST,
                    laptop.services().edgePort(),
                    "dev-4",
                    wrong,
                    (id, message) -> {},
                    reason -> {}));

    assertTrue(DemoClient.isReasonCode(refusal), refusal.toString());
  }

  @Test
  @Order(4)
  void dashboardHealthAndMetricsAnswer() throws Exception {
    URI http = laptop.services().http();
    assertTrue(get(http.resolve("/health")).contains("\"UP\""));
    String metrics = get(http.resolve("/prometheus"));
    assertTrue(metrics.contains("kafka_"), "metrics of the topologies");
    assertTrue(metrics.contains("sentinel_stage_messages"), "metrics of the stages");
  }

  @Test
  @Order(5)
  void openEdgeTakesEverybodyAndRefusesOneFilter() throws Exception {
    Queue<String> received = new ConcurrentLinkedQueue<>();
    try (ServiceGroup open = InteropEdge.start(laptop, 0)) {
      MqttAsyncClient anybody =
          new MqttAsyncClient("tcp://%s:%d".formatted(HOST, open.edgePort()), "anybody", null);
      anybody.setCallback(new Receiver(received));
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setKeepAliveInterval(120);
      IMqttToken connected = anybody.connect(options);
      connected.waitForCompletion(PATIENCE_MS);
      assertEquals(60, connected.getResponseProperties().getServerKeepAlive());
      assertEquals(10, connected.getResponseProperties().getTopicAliasMaximum());

      assertEquals(1, subscribe(anybody, "#"));
      assertEquals(1, subscribe(anybody, "TopicA/+"));
      assertEquals(0x80, subscribe(anybody, "test/nosubscribe"));
      anybody.publish("other/topic", "mine".getBytes(StandardCharsets.UTF_8), 1, false);
      Await.until("its own message", () -> received.contains("mine"));
      anybody.disconnect().waitForCompletion(PATIENCE_MS);
      anybody.close();
    }
  }

  private static int subscribe(MqttAsyncClient client, String filter) throws MqttException {
    IMqttToken token = client.subscribe(filter, 1);
    try {
      token.waitForCompletion(PATIENCE_MS);
    } catch (MqttException e) {
      return e.getReasonCode();
    }
    return token.getReasonCodes()[0];
  }

  private record Receiver(Queue<String> received) implements MqttCallback {

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      received.add(new String(message.getPayload(), StandardCharsets.UTF_8));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }

  @Test
  @Order(6)
  void aSecondOneCannotUseTheDirectory() {
    Exception refusal = assertThrows(Exception.class, AllInOneIT::startLaptop);

    assertTrue(refusal.getMessage().contains("--data"), refusal.getMessage());
  }

  @Test
  @Order(7)
  void startsAgainOnAUsedDirectory() throws Exception {
    laptop.close();
    laptop = startLaptop();

    assertAlertArrivesAtItsDeviceOnly();
  }

  private static AllInOne startLaptop() throws Exception {
    return AllInOne.start(AllInOneOptions.in(directory).withPorts(Ports.anyFree()));
  }

  private static void assertAlertArrivesAtItsDeviceOnly() throws Exception {
    Queue<Received> received = new ConcurrentLinkedQueue<>();
    Queue<Received> other = new ConcurrentLinkedQueue<>();
    try (DemoClient device = device("dev-1", received);
        DemoClient neighbour = device("dev-2", other);
        DemoClient origin = origin()) {
      try {
        device.subscribe(ALERTS);
        neighbour.subscribe("clients/dev-2/#");
      } catch (MqttException e) {
        throw new AssertionError("disconnected so far: " + LOST, e);
      }

      publish(origin, ALERTS, "ALERT", "a");

      Await.until("the alert", () -> !received.isEmpty());
      Await.staysTrue("nothing else arrives", Duration.ofSeconds(1), other::isEmpty);
      assertEquals(List.of(new Received("a", "ALERT")), List.copyOf(received));
    }
  }

  private static DemoClient device(String clientId, Queue<Received> received) throws MqttException {
    return DemoClient.connect(
        HOST,
        laptop.services().edgePort(),
        clientId,
        laptop.authDatabase().addClient(clientId),
        (id, message) ->
            received.add(
                new Received(id, new String(message.getPayload(), StandardCharsets.UTF_8))),
        reason -> LOST.add(clientId + ' ' + reason));
  }

  private static DemoClient origin() throws MqttException {
    return DemoClient.connect(
        HOST,
        laptop.origin().port(),
        "test-source",
        laptop.origin().addLogin("test-source"),
        (id, message) -> {},
        reason -> {});
  }

  private static void publish(DemoClient client, String topic, String payload, String id)
      throws Exception {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    assertEquals(0, client.publish(topic, bytes, 1, id).get(60, TimeUnit.SECONDS) & 0x80);
  }

  private static String get(URI address) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, response.statusCode(), response.body());
      return response.body();
    }
  }
}
