package io.mqttsentinel.authverifier;

import io.micronaut.context.annotation.Context;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.mqttsentinel.runtime.GeoIp;
import jakarta.inject.Named;
import java.util.Map;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says whether impossible travel is looked for. Being off is a choice, not an illness. */
@Context // the log says it at the start
final class TravelHealth implements HealthIndicator {

  private static final Logger LOG = LoggerFactory.getLogger(TravelHealth.class);

  private final boolean on;

  TravelHealth(@Named(AuthVerifierApplication.SERVICE) GeoIp geoIp) {
    on = geoIp.knowsPlaces();
    if (!on) {
      LOG.info(
          "Impossible travel is not looked for: no file of {} has coordinates",
          AuthVerifierConfig.GEOIP_FILES);
    }
  }

  @Override
  public Publisher<HealthResult> getResult() {
    return Publishers.just(
        HealthResult.builder("impossible-travel", HealthStatus.UP)
            .details(Map.of("detection", on ? "on" : "off: no GeoIP file with coordinates"))
            .build());
  }
}
