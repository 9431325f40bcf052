package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The network between one edge and Kafka fails, or is slow; the edge itself lives. */
class PartitionIT {

  private static final int CUT_OFF = 1;
  private static final int NOT_CUT_OFF = 0;

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = SharedCluster.get();
  }

  @AfterEach
  void restore() {
    cluster.detour().forEach(TcpProxy::restore);
  }

  @Test
  void nothingIsAcknowledgedThatKafkaDoesNotHave() throws Exception {
    try (Device reader = operator(NOT_CUT_OFF, "reads-cut").subscribe("clients/cut/#", 1);
        Device cut = device(CUT_OFF, "cut")) {
      cut.publish("clients/cut/state", "before", 1);
      Await.until("the first message", () -> reader.received().size() == 1);

      cluster.detour().forEach(TcpProxy::cut);
      CompletableFuture<Boolean> acknowledged =
          CompletableFuture.supplyAsync(() -> publish(cut), task -> Thread.ofVirtual().start(task));
      Await.staysTrue("no acknowledgement", Duration.ofSeconds(2), () -> !acknowledged.isDone());
      assertEquals(1, reader.received().size());
      // The others go on.
      try (Device other = device(NOT_CUT_OFF, "other").subscribe("clients/other/#", 1)) {
        other.publish("clients/other/state", "on", 1);
        Await.until("the other's message", () -> !other.received().isEmpty());
      }
      assertFalse(acknowledged.isDone());

      cluster.detour().forEach(TcpProxy::restore);
      assertTrue(acknowledged.join(), "acknowledged when Kafka has it");
      Await.until("the second message", () -> reader.received().size() == 2);
    }
  }

  @Test
  void aClientOfAnEdgeThatIsCutOffGoesOnElsewhere() throws Exception {
    try (Device roaming = persistent(CUT_OFF).subscribe("clients/roaming/#", 1);
        Device operator = operator(NOT_CUT_OFF, "sends-roaming")) {
      operator.publish("clients/roaming/a", "1", 1);
      Await.until("the first message", () -> roaming.received().size() == 1);
      cluster.detour().forEach(TcpProxy::cut);
      operator.publish("clients/roaming/a", "2", 1);
      try (Device elsewhere = persistent(NOT_CUT_OFF)) {
        operator.publish("clients/roaming/a", "3", 1);
        Await.until(
            "what came meanwhile",
            () -> elsewhere.received().stream().anyMatch(m -> m.payload().equals("3")));
        List<String> payloads =
            elsewhere.received().stream().map(Device.Received::payload).toList();
        // The first one may come again: its acknowledgement did perhaps not get through.
        assertEquals(List.of("2", "3"), payloads.subList(payloads.size() - 2, payloads.size()));
        cluster.detour().forEach(TcpProxy::restore);
        Await.until("the older connection is closed", () -> !roaming.isConnected());
        operator.publish("clients/roaming/a", "4", 1);
        Await.until("deliveries go on", () -> elsewhere.received().getLast().payload().equals("4"));
      }
    }
  }

  @Test
  void aSlowNetworkCostsTimeAndNothingElse() throws Exception {
    int messages = 20;
    List<String> expected = new ArrayList<>();
    try (Device reader = operator(NOT_CUT_OFF, "reads-slow").subscribe("clients/slow/#", 1);
        Device slow = device(CUT_OFF, "slow")) {
      cluster.detour().forEach(proxy -> proxy.delay(Duration.ofMillis(60)));
      for (int i = 0; i < messages; i++) {
        slow.publish("clients/slow/state", Integer.toString(i), 1);
        expected.add(Integer.toString(i));
      }
      Await.until("all messages", () -> reader.received().size() >= messages);
      assertEquals(expected, reader.received().stream().map(Device.Received::payload).toList());
    }
  }

  private static boolean publish(Device device) {
    try {
      device.publish("clients/cut/state", "during", 1);
      return true;
    } catch (MqttException e) {
      return false;
    }
  }

  private static Device persistent(int lane) throws MqttException {
    return Device.connect(
        cluster.edge(lane), "roaming", SharedCluster.USER, SharedCluster.PASSWORD, 3600);
  }

  private static Device device(int lane, String clientId) throws MqttException {
    return Device.connect(
        cluster.edge(lane), clientId, SharedCluster.USER, SharedCluster.PASSWORD, 0);
  }

  private static Device operator(int lane, String clientId) throws MqttException {
    return Device.connect(
        cluster.edge(lane), clientId, SharedCluster.OPERATOR, SharedCluster.OPERATOR_PASSWORD, 0);
  }
}
