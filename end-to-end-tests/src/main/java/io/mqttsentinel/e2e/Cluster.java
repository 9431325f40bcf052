package io.mqttsentinel.e2e;

import io.mqttsentinel.edge.EdgeApplication;
import io.mqttsentinel.embedded.EmbeddedSchemaRegistry;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The product in several processes on loopback: Kafka, the inspection stages, fan-out, edges, and,
 * for a test with an origin, the bridge. Each can be killed and started again. The registry and the
 * table of users live in this process: they are not what is tested.
 */
final class Cluster implements AutoCloseable {

  private static final List<String> STAGES =
      List.of("pattern-matcher", "anomaly-detector", "auth-verifier", "event-aggregator");
  private static final int PARTITIONS = 2;

  private final Path directory;
  private final ClusterLayout layout;
  private final Map<String, String> settings;
  private final AuthDatabase users = AuthDatabase.start();
  private final KafkaNodes kafka;
  private final Map<Part, Integer> httpPorts = new ConcurrentHashMap<>();
  private final Map<Part, JvmProcess> processes = new ConcurrentHashMap<>();
  private final List<Integer> mqttPorts = new ArrayList<>();
  private final List<Integer> websocketPorts = new ArrayList<>();
  private EmbeddedSchemaRegistry registry;
  private Map<String, String> origin = Map.of();

  private Cluster(Path directory, ClusterLayout layout, Map<String, String> settings) {
    this.directory = directory;
    this.settings = settings;
    this.layout = layout;
    kafka = new KafkaNodes(directory, layout.kafkaNodes(), layout.detour());
    for (int lane = 0; lane < layout.edges(); lane++) {
      mqttPorts.add(Ports.free());
      websocketPorts.add(Ports.free());
    }
  }

  static Cluster start(Path directory) {
    return start(directory, ClusterLayout.SMALL, Map.of());
  }

  /**
   * Starts all parts and waits until they are ready.
   *
   * @param settings of all services, beside those that make the cluster
   */
  static Cluster start(Path directory, ClusterLayout layout, Map<String, String> settings) {
    Cluster cluster = new Cluster(directory, layout, settings);
    try {
      layout.kafka().forEach(cluster::launch);
      cluster.kafka.awaitAll();
      cluster.registry = EmbeddedSchemaRegistry.start(cluster.bootstrapServers(), 0);
      layout.services().forEach(cluster::launch);
      layout.services().forEach(cluster::awaitReady);
    } catch (AssertionError | RuntimeException e) {
      cluster.close();
      throw e;
    } catch (IOException e) {
      cluster.close();
      throw new UncheckedIOException(e);
    }
    return cluster;
  }

  /** Lets the bridge read an origin, with further {@code sentinel.bridge} settings. */
  void bridgeTo(String uri, Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.put("sentinel.bridge.uri", uri);
    origin = all;
    start(Part.BRIDGE);
  }

  /** Starts a part, again perhaps, and waits until it says that it is ready. */
  void start(Part part) {
    launch(part);
    awaitReady(part);
  }

  void kill(Part part) {
    processes.get(part).kill();
  }

  void stop(Part part) {
    processes.get(part).stop();
  }

  /** Between the last edge and Kafka, where the layout asks for it. */
  List<TcpProxy> detour() {
    return kafka.proxies();
  }

  String edge(int lane) {
    return "tcp://127.0.0.1:" + mqttPort(lane);
  }

  int mqttPort(int lane) {
    return mqttPorts.get(lane);
  }

  List<Integer> mqttPorts() {
    return List.copyOf(mqttPorts);
  }

  int websocketPort(int lane) {
    return websocketPorts.get(lane);
  }

  AuthDatabase users() {
    return users;
  }

  ClusterLayout layout() {
    return layout;
  }

  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  AvroSerdes serdes() {
    return new AvroSerdes(new HttpSchemaRegistry(registry.url(), null, 5));
  }

  /** The text of a page of a part's HTTP server. */
  String http(Part part, String path) {
    return get(part, path).body();
  }

  /** What a part has logged since the cluster was started. */
  String log(Part part) {
    return processes.get(part).log();
  }

  /** Lets a part's JVM collect its garbage, so that what is left in memory is in use. */
  void collectGarbage(Part part) {
    processes.get(part).collectGarbage();
  }

  private void launch(Part part) {
    String name = part.toString();
    Path logs = directory.resolve("logs");
    JvmProcess process =
        switch (part.kind()) {
          case KAFKA -> kafka.launch(part.index(), name, logs);
          case INSPECTION ->
              JvmProcess.start(name, ServiceGroup.class, 256, service(part), logs, STAGES);
          case PATTERN_MATCHER, ANOMALY_DETECTOR, AUTH_VERIFIER, EVENT_AGGREGATOR ->
              JvmProcess.start(
                  name, ServiceGroup.class, 160, service(part), logs, List.of(part.kind().text()));
          case FANOUT ->
              JvmProcess.start(
                  name, ServiceGroup.class, 256, fanout(part), logs, List.of("fanout-delivery"));
          case EDGE ->
              JvmProcess.start(name, EdgeApplication.class, 192, edge(part), logs, List.of());
          case BRIDGE -> {
            Map<String, String> properties = service(part);
            properties.putAll(origin);
            yield JvmProcess.start(
                name, ServiceGroup.class, 128, properties, logs, List.of("ingest-bridge"));
          }
        };
    processes.put(part, process);
  }

  private Map<String, String> service(Part part) {
    Map<String, String> p = new LinkedHashMap<>();
    p.put("SENTINEL_LOG_FORMAT", "console");
    p.put("sentinel.kafka.bootstrap-servers", bootstrapServers());
    p.put("sentinel.kafka.partitions", Integer.toString(PARTITIONS));
    p.put("sentinel.kafka.lanes", Integer.toString(layout.edges()));
    p.put("sentinel.kafka.replication-factor", Integer.toString(layout.kafkaNodes()));
    p.put("sentinel.registry.url", registry.url());
    p.put("sentinel.node.instance", part.toString());
    p.put("sentinel.streams.state-directory", directory.resolve("state-" + part).toString());
    p.put( // as the chart does: what is started again need not compile its rules again
        "sentinel.pattern-matcher.cache-directory",
        directory.resolve("compiled-rules-" + part).toString());
    p.put("sentinel.streams.session-timeout", "3s");
    p.put("sentinel.streams.heartbeat-interval", "1s");
    p.put("micronaut.server.host", "127.0.0.1");
    p.put("micronaut.server.port", httpPort(part).toString());
    if (layout.stages() > 1) {
      p.put("sentinel.streams.standby-replicas", Integer.toString(layout.stages() - 1));
    }
    p.putAll(settings);
    return p;
  }

  private Map<String, String> fanout(Part part) {
    Map<String, String> p = service(part);
    p.put("sentinel.streams.standby-replicas", Integer.toString(layout.fanouts() - 1));
    // No queue overflows, which would look like a loss.
    p.putIfAbsent("sentinel.fanout.queue-max-messages", "60000");
    p.putIfAbsent("sentinel.fanout.queue-max-bytes", Long.toString(1L << 30));
    return p;
  }

  private Map<String, String> edge(Part part) {
    int lane = part.index();
    Map<String, String> p = service(part);
    if (layout.detour() && lane == layout.edges() - 1) {
      p.put("sentinel.kafka.bootstrap-servers", kafka.detourServers());
    }
    if (layout.watchLeaks()) {
      p.put("io.netty.leakDetection.level", "paranoid");
    }
    p.put("sentinel.edge.host", "127.0.0.1");
    p.put("sentinel.edge.tcp-port", mqttPorts.get(lane).toString());
    p.put("sentinel.edge.websocket-port", websocketPorts.get(lane).toString());
    p.put("sentinel.edge.lane", Integer.toString(lane));
    p.put("sentinel.edge.abuse.ban-for", "0s"); // clients of tests come and go as attackers do
    p.put("sentinel.edge.jdbc.url", users.url());
    p.put("sentinel.edge.jdbc.username", AuthDatabase.DB_USER);
    p.put("sentinel.edge.jdbc.password", users.password());
    return p;
  }

  private Integer httpPort(Part part) {
    return httpPorts.computeIfAbsent(part, p -> Ports.free());
  }

  /** Waits until a part does its work again. */
  void awaitReady(Part part) {
    JvmProcess process = processes.get(part);
    try {
      if (part.kind() == Part.Kind.KAFKA) {
        kafka.awaitAll();
        return;
      }
      Await.until(
          part + " is ready",
          () -> process.isAlive() && get(part, "/health/readiness").statusCode() == 200);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + process.tail(), e);
    }
  }

  private HttpResponse<String> get(Part part, String path) {
    URI address = URI.create("http://127.0.0.1:" + httpPort(part) + path);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    layout.services().reversed().stream()
        .map(processes::get)
        .filter(Objects::nonNull)
        .forEach(JvmProcess::close);
    processes.values().forEach(JvmProcess::close);
    if (registry != null) {
      registry.close();
    }
    kafka.close();
    users.close();
  }
}
