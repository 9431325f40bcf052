package io.mqttsentinel.aggregator;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.TopologyRunner;
import io.mqttsentinel.schemas.AvroSerdes;
import java.time.Clock;

/** Runs the topology for as long as the process runs. */
@Factory
final class EventAggregatorStream {

  @Context
  @Bean(preDestroy = "close")
  RunningTopology eventAggregator(
      TopologyRunner runner,
      EventAggregatorConfig config,
      AvroSerdes serdes,
      Clock clock,
      AggregatorMetrics metrics,
      VerdictCounts counts) {
    return runner.start(
        EventAggregatorApplication.SERVICE,
        EventAggregatorTopology.build(
            config, new Judge(config.reportTrials()), serdes, clock, metrics, counts));
  }
}
