package io.mqttsentinel.e2e;

import io.mqttsentinel.edge.EdgeApplication;
import io.mqttsentinel.embedded.EmbeddedKafkaApplication;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The product in several processes on loopback: Kafka, the inspection stages, fan-out, two edges,
 * and, for a test with an origin, the bridge. Each can be killed and started again.
 */
final class Cluster implements AutoCloseable {

  /** Processes that a test can kill. */
  enum Part {
    KAFKA,
    INSPECTION,
    FANOUT,
    EDGE_0,
    EDGE_1,
    BRIDGE
  }

  private static final List<String> STAGES =
      List.of("pattern-matcher", "anomaly-detector", "auth-verifier", "event-aggregator");

  private final Path directory;
  private final AuthDatabase users;
  private final int kafkaPort = freePort();
  private final int registryPort = freePort();
  private final Map<Part, Integer> httpPorts = new LinkedHashMap<>();
  private final int[] mqttPorts = {freePort(), freePort()};
  private final int[] websocketPorts = {freePort(), freePort()};
  private final Map<Part, JvmProcess> processes = new LinkedHashMap<>();
  private Map<String, String> origin = Map.of();

  private Cluster(Path directory, AuthDatabase users) {
    this.directory = directory;
    this.users = users;
    for (Part part : Part.values()) {
      httpPorts.put(part, freePort());
    }
  }

  static Cluster start(Path directory) {
    Cluster cluster = new Cluster(directory, AuthDatabase.start());
    try {
      cluster.start(Part.KAFKA);
      List<Part> services = List.of(Part.INSPECTION, Part.FANOUT, Part.EDGE_0, Part.EDGE_1);
      services.forEach(cluster::launch);
      services.forEach(cluster::awaitReady);
    } catch (AssertionError | RuntimeException e) {
      cluster.close();
      throw e;
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

  String edge(int lane) {
    return "tcp://127.0.0.1:" + mqttPorts[lane];
  }

  int mqttPort(int lane) {
    return mqttPorts[lane];
  }

  int websocketPort(int lane) {
    return websocketPorts[lane];
  }

  AuthDatabase users() {
    return users;
  }

  String bootstrapServers() {
    return "127.0.0.1:" + kafkaPort;
  }

  AvroSerdes serdes() {
    return new AvroSerdes(new HttpSchemaRegistry("http://127.0.0.1:" + registryPort, null, 5));
  }

  /** The text of a page of a part's HTTP server. */
  String http(Part part, String path) {
    return get(part, path).body();
  }

  private void launch(Part part) {
    String name = part.name().toLowerCase(java.util.Locale.ROOT);
    Path logs = directory.resolve("logs");
    JvmProcess process =
        switch (part) {
          case KAFKA ->
              JvmProcess.start(
                  name,
                  EmbeddedKafkaApplication.class,
                  384,
                  Map.of("SENTINEL_LOG_FORMAT", "console"),
                  logs,
                  List.of(
                      directory.resolve("kafka").toString(),
                      Integer.toString(kafkaPort),
                      Integer.toString(registryPort)));
          case INSPECTION ->
              JvmProcess.start(name, ServiceGroup.class, 256, service(part), logs, STAGES);
          case FANOUT ->
              JvmProcess.start(
                  name, ServiceGroup.class, 256, service(part), logs, List.of("fanout-delivery"));
          case EDGE_0 ->
              JvmProcess.start(name, EdgeApplication.class, 192, edge(part, 0), logs, List.of());
          case EDGE_1 ->
              JvmProcess.start(name, EdgeApplication.class, 192, edge(part, 1), logs, List.of());
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
    p.put("sentinel.kafka.partitions", "2");
    p.put("sentinel.kafka.lanes", "2");
    p.put("sentinel.kafka.replication-factor", "1");
    p.put("sentinel.registry.url", "http://127.0.0.1:" + registryPort);
    p.put("sentinel.node.instance", part.name().toLowerCase(java.util.Locale.ROOT));
    p.put("sentinel.streams.state-directory", directory.resolve("state-" + part).toString());
    p.put("sentinel.streams.session-timeout", "3s");
    p.put("sentinel.streams.heartbeat-interval", "1s");
    p.put("micronaut.server.host", "127.0.0.1");
    p.put("micronaut.server.port", httpPorts.get(part).toString());
    return p;
  }

  private Map<String, String> edge(Part part, int lane) {
    Map<String, String> p = service(part);
    p.put("sentinel.edge.host", "127.0.0.1");
    p.put("sentinel.edge.tcp-port", Integer.toString(mqttPorts[lane]));
    p.put("sentinel.edge.websocket-port", Integer.toString(websocketPorts[lane]));
    p.put("sentinel.edge.lane", Integer.toString(lane));
    p.put("sentinel.edge.jdbc.url", users.url());
    p.put("sentinel.edge.jdbc.username", AuthDatabase.DB_USER);
    p.put("sentinel.edge.jdbc.password", users.password());
    return p;
  }

  private void awaitReady(Part part) {
    JvmProcess process = processes.get(part);
    try {
      Await.until(
          part + " is ready",
          () -> {
            if (!process.isAlive()) {
              throw new IllegalStateException("the process ended");
            }
            return part == Part.KAFKA
                ? registryAnswers()
                : get(part, "/health/readiness").statusCode() == 200;
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + process.tail(), e);
    }
  }

  private boolean registryAnswers() throws IOException, InterruptedException {
    return status(URI.create("http://127.0.0.1:" + registryPort + "/subjects")).statusCode() == 200;
  }

  private HttpResponse<String> get(Part part, String path) {
    try {
      return status(URI.create("http://127.0.0.1:" + httpPorts.get(part) + path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static HttpResponse<String> status(URI address) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    new ArrayList<>(processes.values()).reversed().forEach(JvmProcess::close);
    users.close();
  }
}
