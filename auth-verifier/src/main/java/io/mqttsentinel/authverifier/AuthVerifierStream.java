package io.mqttsentinel.authverifier;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopologyRunner;
import io.mqttsentinel.schemas.AvroSerdes;
import java.time.Clock;

/** Runs the topology as long as the service lives. */
@Factory
final class AuthVerifierStream {

  @Context
  @Bean(preDestroy = "close")
  RunningTopology authVerifier(
      TopologyRunner runner,
      AuthVerifierConfig config,
      LoginWatchConfig logins,
      AvroSerdes serdes,
      ServiceMetrics metrics,
      KafkaSessionLog log,
      Clock clock) {
    return runner.start(
        AuthVerifierApplication.SERVICE,
        AuthVerifierTopology.build(config, logins, serdes, metrics, log, clock));
  }
}
