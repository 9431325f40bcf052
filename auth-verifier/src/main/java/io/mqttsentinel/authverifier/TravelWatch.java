package io.mqttsentinel.authverifier;

import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.Place;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Whether two logins can be those of one device. Without places nothing is impossible. */
final class TravelWatch {

  static final String IMPOSSIBLE_TRAVEL = "impossible_travel";

  private static final double SECONDS_OF_AN_HOUR = 3600;

  private final TravelConfig config;
  private final Origins origins;

  TravelWatch(TravelConfig config, Origins origins) {
    this.config = config;
    this.origins = origins;
  }

  boolean knows(String remoteAddress) {
    return origins.of(remoteAddress).place() != null;
  }

  /**
   * What two logins show, in either order: the clocks of two edges differ.
   *
   * @param whose {@code client} or {@code user}
   */
  Optional<Finding> between(String whose, Login one, Login other) {
    Place from = origins.of(one.remoteAddress()).place();
    Place to = origins.of(other.remoteAddress()).place();
    if (from == null || to == null) {
      return Optional.empty();
    }
    double distance = from.distance(to);
    Duration time = Duration.between(one.at(), other.at()).abs();
    double hours = time.toSeconds() / SECONDS_OF_AN_HOUR;
    if (distance < config.leastDistance() || distance <= config.speed() * hours) {
      return Optional.empty();
    }
    Map<String, String> why = new LinkedHashMap<>();
    why.put("expected", "at most %.0f km".formatted(config.speed() * hours));
    why.put("observed", "%.0f km in %s".formatted(distance, time.truncatedTo(ChronoUnit.SECONDS)));
    why.put("threshold", config.speed() + " km/h");
    why.put("from", one.remoteAddress());
    why.put("to", other.remoteAddress());
    why.put("basis", whose);
    return Optional.of(
        LoginEvents.finding(
            IMPOSSIBLE_TRAVEL,
            Severity.MEDIUM,
            "Logged in from two places too far apart for the time between",
            why));
  }

  Duration reach() {
    return config.reach();
  }

  boolean isDue(Instant reportedAt, Instant at) {
    return reportedAt == null || !at.isBefore(reportedAt.plus(config.repeatAfter()));
  }

  /** When and from where somebody was let in. */
  record Login(Instant at, String remoteAddress) {}
}
