package io.mqttsentinel.authverifier;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;

/**
 * When two logins are too far apart for the time between them; needs {@code
 * sentinel.auth-verifier.geoip-files} with coordinates.
 *
 * @param speed km/h that nobody travels faster than
 * @param leastDistance km below which nothing is reported: GeoIP files are wrong by as much
 * @param repeatAfter the same client or user is not reported again for so long
 */
@ConfigurationProperties("sentinel.auth-verifier.travel")
public record TravelConfig(
    @Bindable(defaultValue = "1000") int speed,
    @Bindable(defaultValue = "500") int leastDistance,
    @Bindable(defaultValue = "1h") Duration repeatAfter) {

  private static final String PREFIX = "sentinel.auth-verifier.travel.";
  private static final int HALF_AROUND_THE_EARTH = 20_038;

  public TravelConfig {
    ConfigCheck.atLeast(PREFIX + "speed", speed, 1);
    ConfigCheck.between(PREFIX + "least-distance", leastDistance, 0, HALF_AROUND_THE_EARTH);
    ConfigCheck.positive(PREFIX + "repeat-after", repeatAfter);
  }

  /** After which everybody may be everywhere. */
  Duration reach() {
    return Duration.ofSeconds(HALF_AROUND_THE_EARTH * 3600L / speed + 1);
  }
}
