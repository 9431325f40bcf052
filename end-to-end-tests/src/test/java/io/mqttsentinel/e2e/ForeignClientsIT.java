package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.Requires;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients of others against two edges: Paho, HiveMQ, Mosquitto. MQTT.js has a test of its own. */
class ForeignClientsIT {

  private static final long LIMIT_SECONDS = 60;
  private static final byte[] PASSWORD = SharedCluster.PASSWORD.getBytes(StandardCharsets.UTF_8);

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = SharedCluster.get();
  }

  @Test
  void pahosMqtt3Client() throws Exception {
    List<String> received = new CopyOnWriteArrayList<>();
    try (org.eclipse.paho.client.mqttv3.MqttClient client =
        new org.eclipse.paho.client.mqttv3.MqttClient(
            cluster.edge(0), "paho3", new MemoryPersistence())) {
      client.setTimeToWait(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName(SharedCluster.USER);
      options.setPassword(SharedCluster.PASSWORD.toCharArray());
      client.connect(options);
      client.subscribe(
          "clients/paho3/#",
          Features.HIGHEST_QOS,
          (topic, message) ->
              received.add(
                  new String(message.getPayload(), StandardCharsets.UTF_8)
                      + " "
                      + message.getQos()));
      List<String> expected = new ArrayList<>();
      for (int qos = 0; qos <= Features.HIGHEST_QOS; qos++) {
        client.publish("clients/paho3/state", "on".getBytes(StandardCharsets.UTF_8), qos, false);
        expected.add("on " + qos);
      }
      Await.until("all messages", () -> received.size() >= expected.size());
      assertEquals(expected, received);
      client.disconnect();
    }
  }

  @Test
  void hiveMqsMqtt5Client() throws Exception {
    Mqtt5BlockingClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier("hive5")
            .serverHost("127.0.0.1")
            .serverPort(cluster.mqttPort(1))
            .buildBlocking();
    client
        .connectWith()
        .simpleAuth()
        .username(SharedCluster.USER)
        .password(PASSWORD)
        .applySimpleAuth()
        .send();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        client.publishes(MqttGlobalPublishFilter.ALL)) {
      client.subscribeWith().topicFilter("clients/hive5/+").qos(MqttQos.AT_LEAST_ONCE).send();
      client
          .publishWith()
          .topic("clients/hive5/questions")
          .qos(MqttQos.AT_LEAST_ONCE)
          .contentType("text/plain")
          .responseTopic("clients/hive5/answers")
          .correlationData(new byte[] {1, 2, 3})
          .userProperties()
          .add("key", "value")
          .applyUserProperties()
          .payload("how are you".getBytes(StandardCharsets.UTF_8))
          .send();

      Mqtt5Publish received = publishes.receive(LIMIT_SECONDS, TimeUnit.SECONDS).orElseThrow();
      assertEquals("text/plain", received.getContentType().orElseThrow().toString());
      assertEquals("clients/hive5/answers", received.getResponseTopic().orElseThrow().toString());
      assertEquals(3, received.getCorrelationData().orElseThrow().remaining());
      assertEquals("value", received.getUserProperties().asList().getFirst().getValue().toString());
    } finally {
      client.disconnect();
    }
  }

  @Test
  void hiveMqsMqtt3ClientOverWebSocket() throws Exception {
    Mqtt3BlockingClient client =
        MqttClient.builder()
            .useMqttVersion3()
            .identifier("hive3")
            .serverHost("127.0.0.1")
            .serverPort(cluster.websocketPort(1))
            .webSocketConfig()
            .serverPath("mqtt")
            .applyWebSocketConfig()
            .buildBlocking();
    client
        .connectWith()
        .simpleAuth()
        .username(SharedCluster.USER)
        .password(PASSWORD)
        .applySimpleAuth()
        .send();
    try (Mqtt3BlockingClient.Mqtt3Publishes publishes =
        client.publishes(MqttGlobalPublishFilter.ALL)) {
      client.subscribeWith().topicFilter("clients/hive3/+").qos(MqttQos.AT_LEAST_ONCE).send();
      client
          .publishWith()
          .topic("clients/hive3/state")
          .qos(MqttQos.AT_LEAST_ONCE)
          .payload("on".getBytes(StandardCharsets.UTF_8))
          .send();

      assertEquals(
          "on",
          new String(
              publishes.receive(LIMIT_SECONDS, TimeUnit.SECONDS).orElseThrow().getPayloadAsBytes(),
              StandardCharsets.UTF_8));
    } finally {
      client.disconnect();
    }
  }

  @Test
  void mosquittosPublisherAndSubscriber() throws Exception {
    CompletableFuture<Program> subscriber =
        mosquitto(
            "mosquitto_sub", 0, "mosq", List.of("-C", "1", "-W", "120", "-t", "clients/mosq/+"));
    // When it has subscribed cannot be seen from outside.
    Await.until(
        "mosquitto_sub gets its one message and ends",
        () -> {
          Program publisher =
              mosquitto("mosquitto_pub", 1, "operator", List.of("-t", "clients/mosq/a", "-m", "on"))
                  .join();
          assertEquals(0, publisher.exitCode(), publisher.output());
          return subscriber.isDone();
        });
    assertEquals(new Program(0, "on"), subscriber.join());
  }

  @Test
  void mosquittosRequestAndResponse() throws Exception {
    try (Device answerer =
        Device.connect(
            cluster.edge(1),
            "answerer",
            SharedCluster.OPERATOR,
            SharedCluster.OPERATOR_PASSWORD,
            0)) {
      answerer.subscribe("clients/asker/question", 1);
      CompletableFuture<Program> asker =
          mosquitto(
              "mosquitto_rr",
              0,
              "asker",
              List.of(
                  "-t",
                  "clients/asker/question",
                  "-e",
                  "clients/asker/answer",
                  "-m",
                  "how?",
                  "-W",
                  "120"));
      Await.until("the question", () -> !answerer.received().isEmpty());
      assertEquals("how?", answerer.received().getFirst().payload());
      answerer.publish("clients/asker/answer", "so", 1);
      Program asked = asker.join();
      assertEquals("so", asked.output());
      assertEquals(0, asked.exitCode());
    }
  }

  private static CompletableFuture<Program> mosquitto(
      String program, int lane, String clientId, List<String> arguments) {
    boolean operator = clientId.equals("operator");
    List<String> command = new ArrayList<>();
    command.add(Requires.program(program).toString());
    command.addAll(
        List.of(
            "-h",
            "127.0.0.1",
            "-p",
            Integer.toString(cluster.mqttPort(lane)),
            "-V",
            "mqttv5",
            "-i",
            clientId,
            "-u",
            operator ? SharedCluster.OPERATOR : SharedCluster.USER,
            "-P",
            operator ? SharedCluster.OPERATOR_PASSWORD : SharedCluster.PASSWORD,
            "-q",
            "1"));
    command.addAll(arguments);
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Program.run(command);
          } catch (java.io.IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  @Test
  void pahosMqtt5Client() throws Exception {
    try (Device device =
        Device.connect(cluster.edge(0), "paho5", SharedCluster.USER, SharedCluster.PASSWORD, 0)) {
      device.subscribe("clients/paho5/#", Features.HIGHEST_QOS);
      for (int qos = 0; qos <= Features.HIGHEST_QOS; qos++) {
        device.publish("clients/paho5/state", "on " + qos, qos);
      }
      Await.until("all messages", () -> device.received().size() > Features.HIGHEST_QOS);
      assertTrue(device.isConnected());
    }
  }
}
