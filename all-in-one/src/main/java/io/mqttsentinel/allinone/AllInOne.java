package io.mqttsentinel.allinone;

import io.mqttsentinel.embedded.EmbeddedKafka;
import io.mqttsentinel.embedded.EmbeddedSchemaRegistry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole of MQTT Sentinel in this JVM. Parts start in the order in which they need each other
 * and stop in the opposite one.
 *
 * <pre>{@code
 * try (AllInOne laptop = AllInOne.start(AllInOneOptions.in(directory).withPorts(Ports.anyFree()))) {
 *   Login login = laptop.authDatabase().addClient("dev-1");
 *   connect(laptop.services().edgePort(), "dev-1", login);
 * }
 * }</pre>
 */
public final class AllInOne implements AutoCloseable {

  /** Every service there is. */
  public static final Set<String> SERVICES = Services.ALL;

  /** Lanes of the downlink, and so the largest number of edges. */
  public static final int LANES = 4;

  /** As a value of further configuration: without what the laptop sets for this key. */
  static final Object NONE = new Object();

  private static final Logger LOG = LoggerFactory.getLogger(AllInOne.class);
  private static final String MAIN = "laptop";
  private static final String LOOPBACK = "127.0.0.1";

  private final AllInOneOptions options;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private DataDirectory directory;
  private EmbeddedKafka kafka;
  private EmbeddedSchemaRegistry registry;
  private DemoAuthDatabase authDatabase;
  private DemoOrigin origin;
  private Login bridgeLogin;
  private ServiceGroup services;

  private AllInOne(AllInOneOptions options) {
    this.options = options;
  }

  /** Starts everything and returns when it is ready to work. */
  public static AllInOne start(AllInOneOptions options) throws Exception {
    return start(options, StartLog.toLog());
  }

  static AllInOne start(AllInOneOptions options, StartLog log) throws Exception {
    // Netty reads this at its first server, which is the origin's: the edge would come too late.
    System.setProperty("io.netty.bootstrap.extensions", "serviceload");
    AllInOne laptop = new AllInOne(options);
    try {
      laptop.startParts(log);
      return laptop;
    } catch (Exception e) {
      laptop.close();
      throw e;
    }
  }

  private void startParts(StartLog log) throws Exception {
    options.ports().checkFree(options.host());
    directory = keep(DataDirectory.open(options.dataDirectory()));
    kafka =
        log.step("Kafka", () -> EmbeddedKafka.start(directory.kafka(), options.ports().kafka()));
    parts.push(() -> kafka.close()); // whichever it is by then
    registry =
        log.step(
            "schema registry",
            () ->
                keep(
                    EmbeddedSchemaRegistry.start(
                        kafka.bootstrapServers(), options.ports().registry())));
    authDatabase = log.step("demo Auth DB", () -> keep(DemoAuthDatabase.create()));
    origin = log.step("demo origin broker", () -> keep(DemoOrigin.start(options.ports().origin())));
    bridgeLogin = origin.addLogin("bridge");
    if (!options.services().isEmpty()) {
      services = log.step("services", () -> keep(launch(MAIN, options.services(), mainPorts())));
      log.step("ready to work", () -> awaitReady(services));
    }
  }

  /** Host and port of the Kafka node. */
  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  public String registryUrl() {
    return registry.url();
  }

  public DemoAuthDatabase authDatabase() {
    return authDatabase;
  }

  public DemoOrigin origin() {
    return origin;
  }

  /**
   * The services that run from the start.
   *
   * @throws IllegalStateException if the options ask for none
   */
  public ServiceGroup services() {
    if (services == null) {
      throw new IllegalStateException("the options ask for no services from the start");
    }
    return services;
  }

  /**
   * Starts more services in a context of their own, on free ports; returns when they are ready. The
   * caller may close them at any time and start them again under the same name.
   *
   * @param instance names the process that this stands for; two instances of one service need two
   * @param more configuration that wins over all other
   */
  public ServiceGroup startServices(String instance, Set<String> some, Map<String, Object> more)
      throws InterruptedException {
    Services.check(some);
    ServiceGroup group = launch(instance, some, more);
    parts.push(group);
    awaitReady(group);
    return group;
  }

  /** Starts a further edge on a lane of its own, on free ports. */
  public ServiceGroup startEdge(int lane) throws InterruptedException {
    return startServices("edge-" + lane, Set.of("edge-broker"), Map.of("sentinel.edge.lane", lane));
  }

  /** Stops the Kafka node and starts it again on the same port and directory. */
  public void restartKafka() throws IOException {
    int port = kafka.port();
    kafka.close();
    kafka = EmbeddedKafka.start(directory.kafka(), port);
  }

  /** What the services of an instance are configured with; for services in other processes too. */
  public Map<String, Object> configuration(String instance) {
    Map<String, Object> p = new LinkedHashMap<>();
    p.put("micronaut.server.host", LOOPBACK);
    p.put("micronaut.server.port", 0);
    p.put("sentinel.node.instance", instance);
    p.put("sentinel.kafka.bootstrap-servers", kafka.bootstrapServers());
    p.put("sentinel.kafka.partitions", options.partitions());
    p.put("sentinel.kafka.lanes", LANES);
    p.put("sentinel.kafka.replication-factor", 1);
    p.put("sentinel.registry.url", registry.url());
    p.put("sentinel.streams.state-directory", directory.state(instance).toString());
    p.put("sentinel.pattern-matcher.cache-directory", directory.compiledRules().toString());
    p.put("sentinel.streams.session-timeout", "3s");
    p.put("sentinel.streams.heartbeat-interval", "1s");
    p.put("sentinel.edge.host", options.host());
    p.put("sentinel.edge.tcp-port", 0);
    p.put("sentinel.edge.websocket-port", 0);
    // A laptop may have better things to do for some seconds.
    p.put("sentinel.edge.session-timeout", "15s");
    p.put("sentinel.edge.jdbc.time-limit", "10s");
    p.put("sentinel.edge.jdbc.url", authDatabase.url());
    p.put("sentinel.edge.jdbc.username", authDatabase.owner().username());
    p.put("sentinel.edge.jdbc.password", authDatabase.owner().password());
    p.put("sentinel.bridge.uri", origin.uri());
    p.put("sentinel.bridge.username", bridgeLogin.username());
    p.put("sentinel.bridge.password", bridgeLogin.password());
    // On a laptop all clients, good and bad, have the same address.
    p.put("sentinel.event-aggregator.repeats-per-address", 1000);
    p.putAll(options.properties());
    return p;
  }

  /** Stops everything; a part that fails to stop is logged and does not keep the others. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) { // whatever it is, the others must stop too
        LOG.warn("{} did not stop", part, e);
      }
    }
  }

  private ServiceGroup launch(String instance, Set<String> some, Map<String, Object> more) {
    Map<String, Object> properties = configuration(instance);
    properties.putAll(more);
    properties.values().removeIf(NONE::equals);
    return ServiceGroup.start(some, properties);
  }

  private Map<String, Object> mainPorts() {
    Ports ports = options.ports();
    return Map.of(
        "micronaut.server.port", ports.dashboard(),
        "sentinel.edge.tcp-port", ports.edge(),
        "sentinel.edge.websocket-port", ports.webSocket());
  }

  private static ServiceGroup awaitReady(ServiceGroup group) throws InterruptedException {
    group.awaitReady();
    return group;
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }
}
