package io.mqttsentinel.edge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.testing.TestKafka;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A real edge in this JVM, on loopback, on free ports. */
final class TestEdge implements AutoCloseable {

  static final int LANES = 4;
  static final int PARTITIONS = 3;

  private final ApplicationContext context;
  private final EdgeServer server;

  private TestEdge(ApplicationContext context) {
    this.context = context;
    this.server = context.getBean(EdgeServer.class);
  }

  static TestEdge start(int lane, String databaseUrl, Map<String, Object> more) {
    TestKafka kafka = TestKafka.shared();
    return start(lane, databaseUrl, kafka.bootstrapServers(), kafka.registryUrl(), more);
  }

  static TestEdge start(
      int lane,
      String databaseUrl,
      String bootstrapServers,
      String registryUrl,
      Map<String, Object> more) {
    Map<String, Object> p = new LinkedHashMap<>();
    p.put("micronaut.server.port", -1);
    p.put("sentinel.kafka.bootstrap-servers", bootstrapServers);
    p.put("sentinel.kafka.replication-factor", 1);
    p.put("sentinel.kafka.partitions", PARTITIONS);
    p.put("sentinel.kafka.lanes", LANES);
    p.put("sentinel.registry.url", registryUrl);
    p.put("sentinel.edge.host", "127.0.0.1");
    p.put("sentinel.edge.tcp-port", 0);
    p.put("sentinel.edge.websocket-port", 0);
    p.put("sentinel.edge.lane", lane);
    p.put("sentinel.edge.name", "edge-" + lane + "-" + UUID.randomUUID());
    if (databaseUrl != null) {
      p.put("sentinel.edge.jdbc.url", databaseUrl);
    }
    more.forEach(
        (key, value) -> {
          if (value == null) {
            p.remove(key);
          } else {
            p.put(key, value);
          }
        });
    return new TestEdge(ServiceMain.start(Set.of("edge-broker"), p));
  }

  EdgeServer server() {
    return server;
  }

  String name() {
    return server.name();
  }

  String tcp() {
    return "tcp://127.0.0.1:" + server.tcpPort();
  }

  String websocket() {
    return "ws://127.0.0.1:" + server.websocketPort() + "/mqtt";
  }

  Connection connection(long epoch) {
    return server.connection(epoch);
  }

  /** Asks a connection on its event loop. */
  <T> T onLoop(Connection connection, Supplier<T> question) {
    return CompletableFuture.supplyAsync(question, connection::execute).join();
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  double counter(String name, String tag, String value) {
    Counter counter = context.getBean(MeterRegistry.class).find(name).tag(tag, value).counter();
    return counter == null ? 0 : counter.count();
  }

  long timed(String name) {
    Timer timer = context.getBean(MeterRegistry.class).find(name).timer();
    return timer == null ? 0 : timer.count();
  }

  double gauge(String name) {
    return context.getBean(MeterRegistry.class).get(name).gauge().value();
  }

  @Override
  public void close() {
    context.close();
  }
}
