package io.mqttsentinel.allinone;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.mqttsentinel.edge.EdgeServer;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMain;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.streams.KafkaStreams;

/** Some services in a context of their own, with an HTTP server of their own. */
public final class ServiceGroup implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 20_000_000;
  private static final int OK = 200;

  private final ApplicationContext context;

  private ServiceGroup(ApplicationContext context) {
    this.context = context;
  }

  static ServiceGroup start(Set<String> services, Map<String, Object> properties) {
    return new ServiceGroup(ServiceMain.start(services, properties));
  }

  /** The port of MQTT over TCP, where this group has an edge. */
  public int edgePort() {
    return bean(EdgeServer.class).tcpPort();
  }

  /** The port of MQTT over WebSocket, where this group has an edge. */
  public int webSocketPort() {
    return bean(EdgeServer.class).websocketPort();
  }

  /** Health, metrics and, with the aggregator, the dashboard. */
  public URI http() {
    return URI.create("http://127.0.0.1:" + bean(EmbeddedServer.class).getPort());
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /**
   * Waits until everything in it is ready to work.
   *
   * @throws IllegalStateException after a minute, with what the health endpoint says
   */
  void awaitReady() throws InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    String last;
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(http().resolve("/health/readiness")).build();
      do {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == OK && areRunning()) {
          return;
        }
        last = response.body();
        LockSupport.parkNanos(POLL_NANOS);
      } while (System.nanoTime() < end);
    } catch (IOException e) {
      throw new IllegalStateException("the health endpoint does not answer", e);
    }
    throw new IllegalStateException(
        "the services are not ready after %d s: %s".formatted(START_LIMIT.toSeconds(), last));
  }

  /**
   * A rebalance is normal work for the health endpoint, but at the start nothing runs before it.
   */
  private boolean areRunning() {
    return context.getBeansOfType(RunningTopology.class).stream()
        .allMatch(topology -> topology.state() == KafkaStreams.State.RUNNING);
  }

  @Override
  public void close() {
    context.close();
  }
}
