package io.mqttsentinel.anomaly;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
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
final class AnomalyDetectorStream {

  /** Not a key for a configuration: tools set it that want the settings, but no service. */
  static final String SERVE = "sentinel.anomaly-detector.serve";

  @Context
  @Bean(preDestroy = "close")
  @Requires(property = SERVE, notEquals = "false")
  RunningTopology anomalyDetector(
      TopologyRunner runner,
      Settings settings,
      @Named(AnomalyDetectorApplication.SERVICE) GeoIp geoIp,
      AvroSerdes serdes,
      ServiceMetrics metrics,
      Clock clock) {
    return runner.start(
        AnomalyDetectorApplication.SERVICE,
        AnomalyDetectorTopology.build(settings, new Origins(geoIp), serdes, metrics, clock));
  }

  @Singleton
  Settings settings(
      AnomalyDetectorConfig limits,
      BaselineConfig baseline,
      DetectorModes modes,
      ResponseConfig responses) {
    return new Settings(limits, baseline, modes, responses);
  }

  /** Named, because another service of the same process may have files of its own. */
  @Singleton
  @Named(AnomalyDetectorApplication.SERVICE)
  @Bean(preDestroy = "close")
  GeoIp geoIp(AnomalyDetectorConfig config) {
    return GeoIp.open(AnomalyDetectorConfig.GEOIP_FILES, config.geoipFiles());
  }
}
