package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.e2e.Cluster.Part;
import io.mqttsentinel.testing.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Devices publish in their own trees without pause while a process is killed and started again.
 * What was acknowledged must arrive; what was not may. A subscriber at the other edge reads along.
 */
class FaultsIT {

  private static final int PUBLISHERS = 4;
  private static final int AFTER_THE_KILL = 100;
  private static final long PACE_NANOS = 30_000_000;

  @TempDir static Path directory;
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = Cluster.start(directory);
    cluster.users().user("device", "device-password", false);
    cluster.users().user("reader", "reader-password", false);
    cluster.users().permission("reader", "subscribe", "#");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void theInspectionStagesAreKilled() throws Exception {
    runWhile("stages", 0, () -> killAndStart(Part.INSPECTION));
  }

  @Test
  void fanOutIsKilled() throws Exception {
    runWhile("fanout", 0, () -> killAndStart(Part.FANOUT));
  }

  @Test
  void kafkaIsKilled() throws Exception {
    runWhile("kafka", 0, () -> killAndStart(Part.KAFKA));
  }

  @Test
  void thePublishersEdgeIsKilled() throws Exception {
    runWhile("edge", 1, () -> killAndStart(Part.EDGE_1));
  }

  private static void killAndStart(Part part) {
    cluster.kill(part);
    cluster.start(part);
  }

  private static void runWhile(String name, int publishersLane, Runnable fault) throws Exception {
    Ledger ledger = new Ledger();
    AtomicBoolean enough = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    try (Device reader =
        Device.connect(cluster.edge(0), "reader-" + name, "reader", "reader-password", 3600)) {
      reader.subscribe("clients/+/" + name, 1);
      for (int i = 0; i < PUBLISHERS; i++) {
        String clientId = name + "-dev-" + i;
        threads.add(
            Thread.ofVirtual()
                .start(() -> publish(clientId, name, publishersLane, ledger, enough)));
      }
      Await.until("traffic before the fault", () -> ledger.acknowledgedCount() > AFTER_THE_KILL);
      fault.run();
      int afterFault = ledger.acknowledgedCount();
      Await.until(
          "traffic after the fault",
          () -> ledger.acknowledgedCount() > afterFault + AFTER_THE_KILL);
      enough.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      Await.value(
          "every acknowledged message",
          () -> {
            ledger.note(reader.received());
            return ledger.missing();
          },
          List::isEmpty);
      assertTrue(reader.isConnected(), "the reader's own connection was not part of the fault");
      assertEquals(List.of(), ledger.outOfOrder());
    }
  }

  /** Publishes one message after the other; reconnects when the connection is lost. */
  private static void publish(
      String clientId, String name, int lane, Ledger ledger, AtomicBoolean enough) {
    String topic = "clients/" + clientId + "/" + name;
    int number = 0;
    while (!enough.get()) {
      try (Device device =
          Device.connect(cluster.edge(lane), clientId, "device", "device-password", 0)) {
        while (!enough.get()) {
          device.publish(topic, Integer.toString(number), 1);
          ledger.acknowledged(topic, number);
          number++;
          // What waits for the reader at the end of an outage must fit into its queue.
          LockSupport.parkNanos(PACE_NANOS);
        }
      } catch (MqttException e) {
        // Not acknowledged: it may or may not arrive; the next one has a number of its own.
        number++;
      }
    }
  }
}
