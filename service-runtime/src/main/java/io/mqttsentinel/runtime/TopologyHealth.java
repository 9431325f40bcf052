package io.mqttsentinel.runtime;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.streams.KafkaStreams.State;
import org.reactivestreams.Publisher;

/** Ready while every topology of this process runs; a rebalance is normal work. */
@Singleton
@Readiness
final class TopologyHealth implements HealthIndicator {

  private final TopologyRunner runner;

  TopologyHealth(TopologyRunner runner) {
    this.runner = runner;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    Map<String, State> states = new LinkedHashMap<>();
    runner.running().forEach(topology -> states.put(topology.service(), topology.state()));
    boolean well = states.values().stream().allMatch(TopologyHealth::works);
    return Publishers.just(
        HealthResult.builder("topologies", well ? HealthStatus.UP : HealthStatus.DOWN)
            .details(states)
            .build());
  }

  private static boolean works(State state) {
    return state == State.RUNNING || state == State.REBALANCING;
  }
}
