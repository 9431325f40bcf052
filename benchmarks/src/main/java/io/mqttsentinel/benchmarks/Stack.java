package io.mqttsentinel.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Starts MQTT Sentinel for a run: in one JVM, or each service in its own. */
final class Stack {

  static final String EDGE = "edge-broker";
  private static final String FANOUT = "fanout-delivery";

  /** The main class of each service, in the order of a message's way. */
  private static final Map<String, String> SERVICES = services();

  private static final List<String> JVM =
      List.of(
          "-XX:+UseCompactObjectHeaders",
          "-XX:MetaspaceSize=128m",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dh2.bindAddress=127.0.0.1",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private static final List<String> WHOLE = List.of("-Xmx768m", "-XX:+UseSerialGC");
  private static final List<String> BACKBONE = List.of("-Xmx512m", "-XX:+UseSerialGC");
  private static final List<String> SERVICE = List.of("-Xmx256m", "-XX:+UseSerialGC");

  /** As the Helm chart has it where a fleet's connections and sessions are in memory. */
  private static final List<String> SHORT_PAUSES =
      List.of("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20");

  /** As docs/operations.md says of 15 000 connections. */
  private static final String EDGE_HEAP = "-Xmx512m";

  private static final String FANOUT_HEAP = "-Xmx256m";

  /**
   * The benchmark's payload is telemetry, which the rule for alert payloads rightly flags: with it,
   * every message would end in a security event.
   */
  private static final String NO_ALERT_TOPIC = "sentinel.pattern-matcher.alert-topics=bench/none";

  private static final String LOOPBACK = "127.0.0.1";
  private static final String REGION = "local";

  private final BenchmarkOptions options;
  private final Map<String, String> edge;
  private final Path logs;
  private final List<ChildProcess> started = new ArrayList<>();
  private final Map<String, Integer> httpPorts = new LinkedHashMap<>();

  private Stack(BenchmarkOptions options, Map<String, String> edge, Path logs) {
    this.options = options;
    this.edge = edge;
    this.logs = logs;
  }

  /**
   * Starts what the options ask for and waits until it is ready.
   *
   * @throws IOException with the end of its output if a process does not start
   */
  static SystemUnderTest start(BenchmarkOptions options) throws IOException, InterruptedException {
    return start(options, Map.of());
  }

  /**
   * The same with configuration for the edge alone, where each service has its own process.
   *
   * @throws IOException with the end of its output if a process does not start
   */
  static SystemUnderTest start(BenchmarkOptions options, Map<String, String> edge)
      throws IOException, InterruptedException {
    Path logs =
        options.logs().isPresent()
            ? Files.createDirectories(options.logs().get())
            : Files.createTempDirectory("sentinel-bench");
    System.err.println("starting MQTT Sentinel; its output goes to " + logs);
    Stack stack = new Stack(options, edge, logs.toAbsolutePath());
    try {
      return switch (options.processes()) {
        case ONE -> stack.one();
        case MANY -> stack.many();
      };
    } catch (IOException | InterruptedException | RuntimeException e) {
      stack.started.reversed().forEach(ChildProcess::close);
      throw e;
    }
  }

  private SystemUnderTest one() throws IOException, InterruptedException {
    StackReady ready = backbone("all-in-one", WHOLE, StackProcess.WITH_SERVICES);
    return system("all services in one JVM", ready, ready.mqttPort());
  }

  private SystemUnderTest many() throws IOException, InterruptedException {
    StackReady ready = backbone("kafka", BACKBONE, StackProcess.WITHOUT_SERVICES);
    int mqttPort = freePort();
    // What an earlier run with the same logs left is of another Kafka.
    Path state = Files.createTempDirectory(logs, "state");
    Map<ChildProcess, Integer> healthPorts = new LinkedHashMap<>();
    for (Map.Entry<String, String> service : SERVICES.entrySet()) {
      int healthPort = freePort();
      Map<String, String> configuration = new LinkedHashMap<>(ready.configuration());
      configuration.put("sentinel.node.instance", service.getKey() + "-0");
      configuration.put(
          "sentinel.streams.state-directory", state.resolve(service.getKey()).toString());
      configuration.put("micronaut.server.port", Integer.toString(healthPort));
      configuration.put("sentinel.edge.tcp-port", Integer.toString(mqttPort));
      boolean isEdge = service.getKey().equals(EDGE);
      if (isEdge) {
        configuration.putAll(edge);
      }
      httpPorts.put(service.getKey(), healthPort);
      healthPorts.put(
          keep(
              ChildProcess.start(
                  service.getKey(),
                  logs,
                  jvm(memory(service.getKey())),
                  configuration,
                  service.getValue())),
          healthPort);
    }
    for (Map.Entry<ChildProcess, Integer> service : healthPorts.entrySet()) {
      service.getKey().awaitReadiness(service.getValue());
    }
    return system("each service in its own JVM", ready, mqttPort);
  }

  private StackReady backbone(String name, List<String> memory, String services)
      throws IOException, InterruptedException {
    Path readyFile = logs.resolve(name + ".ready");
    List<String> arguments = new ArrayList<>();
    arguments.add(readyFile.toString());
    arguments.add(Files.createTempDirectory(logs, name + "-data").toString());
    arguments.add(services);
    arguments.add(NO_ALERT_TOPIC);
    arguments.addAll(options.settings());
    ChildProcess process =
        keep(
            ChildProcess.start(
                name,
                logs,
                jvm(memory),
                Map.of(),
                StackProcess.class.getName(),
                arguments.toArray(String[]::new)));
    process.awaitFile(readyFile);
    return StackReady.readAndDelete(readyFile);
  }

  private SystemUnderTest system(String description, StackReady ready, int mqttPort) {
    Map<String, Long> processes = new LinkedHashMap<>();
    started.forEach(process -> processes.put(process.name(), process.pid()));
    return new SystemUnderTest(
        "MQTT Sentinel, " + description,
        new HostPort(LOOPBACK, mqttPort),
        Optional.of(
            new KafkaAccess(
                ready.bootstrapServers(),
                Optional.of(ready.registryUrl()),
                REGION,
                ready.partitions(),
                (short) 1)),
        ready.subscribers().credentials(),
        ready.publishers().credentials(),
        processes,
        Map.copyOf(httpPorts),
        List.copyOf(started));
  }

  private ChildProcess keep(ChildProcess process) {
    started.add(process);
    return process;
  }

  private static List<String> memory(String service) {
    return switch (service) {
      case EDGE -> with(EDGE_HEAP);
      case FANOUT -> with(FANOUT_HEAP);
      default -> SERVICE;
    };
  }

  private static List<String> with(String heap) {
    return Stream.concat(SHORT_PAUSES.stream(), Stream.of(heap)).toList();
  }

  private List<String> jvm(List<String> memory) {
    return Stream.of(JVM, memory, options.jvmOptions()).flatMap(List::stream).toList();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return socket.getLocalPort();
    }
  }

  private static Map<String, String> services() {
    Map<String, String> services = new LinkedHashMap<>();
    services.put(EDGE, "io.mqttsentinel.edge.EdgeApplication");
    services.put("ingest-bridge", "io.mqttsentinel.bridge.BridgeApplication");
    services.put("pattern-matcher", "io.mqttsentinel.pattern.PatternMatcherApplication");
    services.put("anomaly-detector", "io.mqttsentinel.anomaly.AnomalyDetectorApplication");
    services.put("auth-verifier", "io.mqttsentinel.authverifier.AuthVerifierApplication");
    services.put("event-aggregator", "io.mqttsentinel.aggregator.EventAggregatorApplication");
    services.put(FANOUT, "io.mqttsentinel.fanout.FanoutApplication");
    return services;
  }
}
