package io.mqttsentinel.authverifier;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.mqttsentinel.runtime.GeoIp;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.ResponseConfig;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopologyRunner;
import io.mqttsentinel.schemas.AvroSerdes;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Runs the topology as long as the service lives. */
@Factory
final class AuthVerifierStream {

  @Context
  @Bean(preDestroy = "close")
  RunningTopology authVerifier(
      TopologyRunner runner,
      Settings settings,
      @Named(AuthVerifierApplication.SERVICE) GeoIp geoIp,
      ResponseConfig limits,
      AvroSerdes serdes,
      ServiceMetrics metrics,
      KafkaSessionLog log,
      Clock clock) {
    return runner.start(
        AuthVerifierApplication.SERVICE,
        AuthVerifierTopology.build(
            settings, new Origins(geoIp), limits, serdes, metrics, log, clock));
  }

  @Singleton
  Settings settings(
      AuthVerifierConfig verifier,
      LoginWatchConfig logins,
      UsersConfig users,
      TravelConfig travel,
      LoginResponses responses) {
    return new Settings(verifier, logins, users, travel, responses);
  }

  /** Named, because another service of the same process may have files of its own. */
  @Singleton
  @Named(AuthVerifierApplication.SERVICE)
  @Bean(preDestroy = "close")
  GeoIp geoIp(AuthVerifierConfig config) {
    return GeoIp.open(AuthVerifierConfig.GEOIP_FILES, config.geoipFiles());
  }
}
