package io.mqttsentinel.fanout;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.NodeConfig;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.TopologyRunner;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;

/** Runs the topology for as long as the process runs. */
@Factory
final class FanoutStream {

  @Context
  @Bean(preDestroy = "close")
  RunningTopology fanout(
      TopologyRunner runner,
      FanoutConfig config,
      KafkaConfig kafka,
      NodeConfig node,
      AvroSerdes serdes,
      FanoutMetrics metrics,
      Clock clock) {
    return runner.start(
        FanoutApplication.SERVICE,
        FanoutTopology.build(
            config,
            Topics.downlink(node.region()),
            node.region(),
            kafka.layout(),
            serdes,
            metrics,
            clock));
  }
}
