package io.mqttsentinel.edge;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;

/** Ready while the edge listens and Kafka takes what it says. */
@Singleton
@Requires(property = EdgeFactory.SERVE, notEquals = "false")
@Readiness
final class EdgeHealth implements HealthIndicator {

  private final EdgeServer server;

  EdgeHealth(EdgeServer server) {
    this.server = server;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    String trouble = server.trouble();
    HealthResult.Builder result =
        HealthResult.builder("edge", trouble == null ? HealthStatus.UP : HealthStatus.DOWN);
    Map<String, Object> details =
        trouble == null
            ? Map.of("connections", server.connections())
            : Map.of("connections", server.connections(), "trouble", trouble);
    return Publishers.just(result.details(details).build());
  }
}
