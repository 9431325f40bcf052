package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.Await;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients and a Kafka that do not keep up: they cost a bounded amount, and nobody else notices. */
class BackPressureIT {

  private static final int LANE = 0;
  private static final int LARGE = 9_000; // more than 10 KB would be quarantined
  private static final int MEGABYTE = 1 << 20;
  private static final int CONNACK = 2;
  private static final int PUBLISH = 3;
  private static final int SUBACK = 9;
  private static final Pattern USED =
      Pattern.compile("(?m)^jvm_(?:memory|buffer_memory)_used_bytes\\{(.*?)\\} (\\S+)$");

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = SharedCluster.get();
  }

  @Test
  void aReaderThatStoppedCostsNoMoreThanAWindow() throws Exception {
    int messages = 2_500; // 22 MB, more than the edge may keep for it
    try (RawClient stopped = subscribed("stopped", 1, 65_535);
        Device awake = operator("awake").subscribe("clients/stopped/+", 1);
        Device operator = operator("floods")) {
      long before = memoryInUse();
      String payload = "a ".repeat(LARGE / 2);
      for (int i = 0; i < messages; i++) {
        operator.publish("clients/stopped/flood", payload, i % 2);
      }
      operator.publish("clients/stopped/flood", "last", 1);
      Await.until(
          "the other reader has the last one",
          () -> awake.received().stream().anyMatch(m -> m.payload().equals("last")));
      long more = memoryInUse() - before;
      assertTrue(more < 10 * MEGABYTE, () -> "the edge keeps %d more bytes".formatted(more));
      assertTrue(awake.isConnected());
      roundTrip("beside-stopped");
      // It may read on, or learn that the edge gave it up; it must not wait for ever.
      assertTrue(stopped.endsWithin(5_000) || stopped.hasRead() > 0);
    }
  }

  @Test
  void aClientThatNeverAcknowledgesGetsItsWindowAndNoMore() throws Exception {
    int window = 10;
    try (RawClient silent = subscribed("silent", 1, window);
        Device awake = operator("awake2").subscribe("clients/silent/+", 1);
        Device operator = operator("sends")) {
      for (int i = 0; i < 5 * window; i++) {
        operator.publish("clients/silent/state", Integer.toString(i), 1);
      }
      Await.until("the other reader has all", () -> awake.received().size() == 5 * window);
      for (int i = 0; i < window; i++) {
        RawClient.Packet packet = silent.read(60_000);
        assertEquals(PUBLISH, packet.type(), "packet " + i);
      }
      try {
        RawClient.Packet more = silent.read(2_000);
        throw new AssertionError("beyond the Receive Maximum came " + more);
      } catch (SocketTimeoutException e) {
        // Nothing more: as it should be (MQTT-3.3.4-9).
      }
      roundTrip("beside-silent");
    }
  }

  @Test
  void aThousandClientsComeBackAtOnce() throws Exception {
    int count = 1_000;
    try (Crowd crowd = Crowd.connect(cluster, LANE, count);
        Device reader = device("patient").subscribe("clients/patient/#", 1)) {
      AtomicInteger sent = new AtomicInteger();
      crowd.breakConnections();
      do {
        reader.publish("clients/patient/state", Integer.toString(sent.getAndIncrement()), 1);
      } while (crowd.connected() < count && sent.get() < 10_000);
      crowd.awaitAll();
      Await.until("the reader has all", () -> reader.received().size() == sent.get());
      assertEquals(java.util.List.of(), crowd.wrong());
    }
  }

  @Test
  void whileKafkaIsAwayAnEdgeTakesNoMoreThanItCanKeep() throws Exception {
    int lane = 1; // the one whose way to Kafka can be cut
    int messages = 6_000; // 54 MB
    byte[] flood = RawClient.encode(MqttVersion.MQTT_5, publish(1));
    try (Device reader = operator("reads-flood").subscribe("clients/flooder/state", 1);
        RawClient flooder = RawClient.open(cluster.mqttPort(lane))) {
      flooder.send(
          RawClient.encode(
              MqttVersion.MQTT_5, RawClient.connect(MqttVersion.MQTT_5, "flooder").build()));
      assertEquals(CONNACK, flooder.read(60_000).type());
      long before = memoryInUse(lane);
      cluster.detour().forEach(TcpProxy::cut);
      Thread writer;
      long more;
      try {
        // QoS 0: nothing but the socket tells a client to stop.
        writer =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        for (int i = 0; i < messages; i++) {
                          flooder.send(flood);
                        }
                      } catch (IOException e) {
                        // The edge hung up: it may.
                      }
                    });
        Await.staysTrue("Kafka is away", Duration.ofSeconds(8), () -> true);
        more = memoryInUse(lane) - before;
        roundTrip("beside-cut");
      } finally {
        cluster.detour().forEach(TcpProxy::restore);
      }
      assertTrue(more < 48 * MEGABYTE, "the edge keeps %d more bytes".formatted(more));
      writer.join(Duration.ofMinutes(3));
      try (Device back = operatorAt(lane, "back")) {
        back.publish("clients/flooder/state", "after", 1);
      }
      Await.until(
          "what comes after it",
          () -> reader.received().stream().anyMatch(m -> m.payload().equals("after")));
    }
  }

  private static MqttMessage publish(int size) {
    return MqttMessageBuilders.publish()
        .topicName("clients/flooder/flood")
        .qos(MqttQoS.AT_MOST_ONCE)
        .payload(
            Unpooled.wrappedBuffer("a ".repeat(size * LARGE / 2).getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  /** Subscribed to all that its own tree gets; reads nothing by itself. */
  private static RawClient subscribed(String clientId, int qos, int receiveMaximum)
      throws IOException {
    MqttProperties properties = new MqttProperties();
    properties.add(
        new MqttProperties.IntegerProperty(MqttProperties.RECEIVE_MAXIMUM, receiveMaximum));
    RawClient client = RawClient.open(cluster.mqttPort(LANE), 16 << 10);
    client.send(
        RawClient.encode(
            MqttVersion.MQTT_5,
            RawClient.connect(MqttVersion.MQTT_5, clientId).properties(properties).build()));
    assertEquals(CONNACK, client.read(60_000).type());
    client.send(
        RawClient.encode(
            MqttVersion.MQTT_5,
            MqttMessageBuilders.subscribe()
                .messageId(1)
                .addSubscription(MqttQoS.valueOf(qos), "clients/%s/+".formatted(clientId))
                .build()));
    assertEquals(SUBACK, client.read(60_000).type());
    return client;
  }

  /** Heap and direct buffers of an edge after a collection. */
  private static long memoryInUse() {
    return memoryInUse(LANE);
  }

  private static long memoryInUse(int lane) {
    Part edge = Part.edge(lane);
    cluster.collectGarbage(edge);
    long bytes = 0;
    Matcher line = USED.matcher(cluster.http(edge, "/prometheus"));
    while (line.find()) {
      String labels = line.group(1);
      boolean heap = labels.contains("area=\"heap\"");
      if (heap || labels.contains("direct")) {
        bytes += (long) Double.parseDouble(line.group(2));
      }
    }
    return bytes;
  }

  private static void roundTrip(String clientId) throws Exception {
    try (Device device = device(clientId).subscribe("clients/" + clientId + "/#", 1)) {
      device.publish("clients/" + clientId + "/state", "on", 1);
      Await.until("the message", () -> !device.received().isEmpty());
    }
  }

  private static Device device(String clientId) throws Exception {
    return Device.connect(
        cluster.edge(LANE), clientId, SharedCluster.USER, SharedCluster.PASSWORD, 0);
  }

  private static Device operator(String clientId) throws Exception {
    return operatorAt(LANE, clientId);
  }

  private static Device operatorAt(int lane, String clientId) throws Exception {
    return Device.connect(
        cluster.edge(lane), clientId, SharedCluster.OPERATOR, SharedCluster.OPERATOR_PASSWORD, 0);
  }
}
