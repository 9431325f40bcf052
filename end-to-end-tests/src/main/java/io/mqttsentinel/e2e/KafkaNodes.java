package io.mqttsentinel.e2e;

import io.mqttsentinel.embedded.KafkaNodeApplication;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/** Kafka in one process or three, with proxies on a second way to each where a test cuts it. */
final class KafkaNodes implements AutoCloseable {

  private static final int HEAP_MEGABYTES = 256;
  private static final String HOST = "127.0.0.1:";

  private final Path directory;
  private final String clusterId = Uuid.randomUuid().toString();
  private final List<Integer> ports = new ArrayList<>();
  private final List<Integer> controllerPorts = new ArrayList<>();
  private final List<Integer> detourPorts = new ArrayList<>();
  private final List<TcpProxy> proxies = new ArrayList<>();

  KafkaNodes(Path directory, int nodes, boolean detour) {
    this.directory = directory;
    for (int i = 0; i < nodes; i++) {
      ports.add(Ports.free());
      controllerPorts.add(Ports.free());
      if (detour) {
        detourPorts.add(Ports.free());
        proxies.add(TcpProxy.to(detourPorts.get(i)));
      }
    }
  }

  JvmProcess launch(int index, String name, Path logs) {
    List<String> arguments = new ArrayList<>();
    arguments.add(directory.resolve(name).toString());
    arguments.add(Integer.toString(index + 1));
    arguments.add(clusterId);
    arguments.add(ports.get(index).toString());
    arguments.add(controllerPorts.stream().map(String::valueOf).collect(Collectors.joining(",")));
    if (!proxies.isEmpty()) {
      arguments.add(detourPorts.get(index).toString());
      arguments.add(Integer.toString(proxies.get(index).port()));
    }
    return JvmProcess.start(
        name,
        KafkaNodeApplication.class,
        HEAP_MEGABYTES,
        Map.of("SENTINEL_LOG_FORMAT", "console"),
        logs,
        arguments);
  }

  /** Waits until every node serves and every partition has all its replicas. */
  void awaitAll() {
    // The others take a node that was killed for alive a while yet: each is asked itself.
    ports.forEach(port -> Await.until("Kafka on port " + port, () -> listens(port)));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      Await.until(
          "all of Kafka's nodes",
          () -> admin.describeCluster().nodes().get().size() == ports.size());
      Await.until("all of Kafka's replicas", () -> isWhole(admin));
      if (ports.size() > 2) {
        requireTwoReplicas(admin);
      }
    }
  }

  String bootstrapServers() {
    return ports.stream().map(port -> HOST + port).collect(Collectors.joining(","));
  }

  String detourServers() {
    return proxies.stream().map(proxy -> HOST + proxy.port()).collect(Collectors.joining(","));
  }

  List<TcpProxy> proxies() {
    return List.copyOf(proxies);
  }

  @Override
  public void close() {
    proxies.forEach(TcpProxy::close);
  }

  /** A node opens its port for clients when it has caught up with the others. */
  private static boolean listens(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    }
  }

  private static boolean isWhole(Admin admin) throws ExecutionException, InterruptedException {
    List<String> topics = List.copyOf(admin.listTopics().names().get());
    for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
      if (topic.partitions().stream().anyMatch(p -> p.isr().size() < p.replicas().size())) {
        return false;
      }
    }
    return true;
  }

  /** For topics that do not say it themselves, such as the changelogs of state stores. */
  private static void requireTwoReplicas(Admin admin) {
    AlterConfigOp twoReplicas =
        new AlterConfigOp(new ConfigEntry("min.insync.replicas", "2"), AlterConfigOp.OpType.SET);
    ConfigResource allBrokers = new ConfigResource(ConfigResource.Type.BROKER, "");
    Await.until(
        "the least number of replicas is set",
        () -> {
          admin.incrementalAlterConfigs(Map.of(allBrokers, List.of(twoReplicas))).all().get();
          return true;
        });
  }
}
