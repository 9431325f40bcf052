package io.mqttsentinel.e2e;

import io.mqttsentinel.testing.Await;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Publishers and subscribers of a fault run. Each publisher has three topics: one with QoS 1 and
 * one with QoS 2 that subscribers with wildcards read, and the alerts of one device.
 */
final class FaultTraffic implements AutoCloseable {

  private record Target(FaultClient publisher, String topic, int qos) {}

  private static final String PUBLISHER = "publisher";
  private static final String READER = "reader";
  private static final String DEVICE = "device";

  private final Ledger ledger = new Ledger();
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<FaultClient> publishers = new ArrayList<>();
  private final List<FaultClient> subscribers = new ArrayList<>();
  private final List<Target> targets = new ArrayList<>();
  private Thread clock = Thread.ofVirtual().unstarted(() -> {});
  private volatile boolean stopped;
  private int next;

  private FaultTraffic() {}

  /**
   * Connects all clients, one half to each edge.
   *
   * @param highestQos 1 or 2
   */
  static FaultTraffic connect(Cluster cluster, int publishers, int highestQos) {
    cluster.users().user(PUBLISHER, FaultConnection.PASSWORD, true);
    cluster.users().user(READER, FaultConnection.PASSWORD, false);
    cluster.users().permission(READER, "subscribe", "#");
    cluster.users().user(DEVICE, FaultConnection.PASSWORD, false);
    FaultTraffic traffic = new FaultTraffic();
    List<Integer> ports = cluster.mqttPorts();
    for (int i = 0; i < publishers; i++) {
      String id = "publisher-" + i;
      FaultClient publisher =
          traffic.client(id, PUBLISHER, ports, i, Optional.empty(), traffic.publishers);
      traffic.target(publisher, "fleet/" + id + "/least", 1);
      traffic.target(publisher, "fleet/" + id + "/once", highestQos);
      int alertQos = i % 2 == 0 ? 1 : highestQos;
      traffic.target(publisher, "clients/device-" + i + "/alerts", alertQos);
      traffic.subscriber(
          "device-" + i, DEVICE, ports, i + 1, "clients/device-" + i + "/alerts", highestQos);
    }
    traffic.subscriber("reads-least", READER, ports, 0, "fleet/+/least", 1);
    traffic.subscriber("reads-once", READER, ports, 1, "fleet/+/once", highestQos);
    traffic.subscriber("reads-all", READER, ports, 1, "fleet/#", highestQos);
    traffic.subscriber("reads-nothing", READER, ports, 0, "fleet/nobody/#", highestQos);
    traffic.everybody().forEach(client -> client.start().orTimeout(60, TimeUnit.SECONDS).join());
    return traffic;
  }

  /** Publishes from now on, each publisher in its turn. */
  void publish(int messagesPerSecond) {
    long pause = 1_000_000_000L / messagesPerSecond;
    clock =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (long next = System.nanoTime(); !stopped; next += pause) {
                    LockSupport.parkNanos(next - System.nanoTime());
                    publishNext();
                  }
                });
  }

  /** Publishes no more and waits for the answers to what is open. */
  void stopPublishing() {
    stopClock();
    Await.until(
        "the publishers' answers",
        () -> publishers.stream().allMatch(publisher -> publisher.openCount() == 0));
  }

  Ledger ledger() {
    return ledger;
  }

  /** How many clients are connected to the edge on each port; 0 is for those that are not. */
  Map<Integer, Long> clientsByEdge() {
    return everybody().stream()
        .collect(Collectors.groupingBy(FaultClient::port, TreeMap::new, Collectors.counting()));
  }

  @Override
  public void close() {
    stopClock();
    everybody().forEach(FaultClient::close);
    loops.shutdownGracefully(100, 2_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }

  private void stopClock() {
    stopped = true;
    try {
      if (clock.getState() != Thread.State.NEW) {
        clock.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<FaultClient> everybody() {
    List<FaultClient> all = new ArrayList<>(subscribers);
    all.addAll(publishers);
    return all;
  }

  private void publishNext() {
    Target target = targets.get(next++ % targets.size());
    target.publisher().publish(target.topic(), target.qos());
  }

  private void target(FaultClient publisher, String topic, int qos) {
    ledger.topic(topic, qos);
    targets.add(new Target(publisher, topic, qos));
  }

  private void subscriber(
      String id, String user, List<Integer> ports, int firstEdge, String filter, int qos) {
    client(id, user, ports, firstEdge, Optional.of(new TopicFilter(filter, qos)), subscribers);
  }

  private FaultClient client(
      String id,
      String user,
      List<Integer> ports,
      int firstEdge,
      Optional<TopicFilter> filter,
      List<FaultClient> list) {
    List<Integer> edges = new ArrayList<>(ports);
    Collections.rotate(edges, -firstEdge);
    FaultClient client = new FaultClient(id, user, edges, filter, ledger, loops);
    list.add(client);
    return client;
  }
}
