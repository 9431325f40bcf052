package io.mqttsentinel.bridge;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.mqttsentinel.bridge.Bridge.Status;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;

/**
 * Down only when the bridge's thread is gone, which a restart mends. An origin that is away is told
 * in the details and by {@code sentinel_bridge_connected}: restarting would not bring it back, and
 * nobody is routed to the bridge, so readiness has nothing to do with it.
 */
@Singleton
@Liveness
final class BridgeHealth implements HealthIndicator {

  private final Bridge bridge;

  BridgeHealth(Bridge bridge) {
    this.bridge = bridge;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    Status status = bridge.status();
    return Publishers.just(
        HealthResult.builder(
                BridgeApplication.SERVICE, status.alive() ? HealthStatus.UP : HealthStatus.DOWN)
            .details(
                Map.of(
                    "connected", status.connected(),
                    "since", status.since().toString(),
                    "lastFailure", status.lastFailure()))
            .build());
  }
}
