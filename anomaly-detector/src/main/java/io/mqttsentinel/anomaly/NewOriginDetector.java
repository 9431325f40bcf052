package io.mqttsentinel.anomaly;

import io.mqttsentinel.anomaly.KnownOrigins.Novelty;
import io.mqttsentinel.runtime.Origin;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.Map;
import java.util.Optional;

/**
 * A device that speaks from where it never was: a country, a provider or, without a GeoIP file, a
 * network. Devices that move about are known for it.
 */
final class NewOriginDetector implements Detector {

  private static final double MOBILE = 0.3;

  private final BaselineConfig config;
  private final Action action;
  private final Origins origins;

  NewOriginDetector(Settings settings, Origins origins) {
    this.config = settings.baseline();
    this.action = settings.modes().newOrigin().action();
    this.origins = origins;
  }

  @Override
  public Alarm alarm() {
    return Alarm.NEW_ORIGIN;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    if (seen.isFromOrigin()) {
      return Optional.empty();
    }
    Origin origin = origins.of(seen.message().getRemoteAddress());
    Novelty novelty = profile.origins().note(origin);
    if (novelty == Novelty.NONE || !counts(novelty, profile)) {
      return Optional.empty();
    }
    return profile.alarms().report(alarm(), seen.at(), config)
        ? Optional.of(finding(novelty, origin, profile))
        : Optional.empty();
  }

  private boolean counts(Novelty novelty, Profile profile) {
    if (novelty == Novelty.COUNTRY) {
      return profile.isKnown(config);
    }
    return profile.isKnown(config)
        && profile.age() >= config.learning().toMillis()
        && profile.origins().mobility() < MOBILE;
  }

  private Finding finding(Novelty novelty, Origin origin, Profile profile) {
    String what =
        switch (novelty) {
          case COUNTRY -> "country";
          case SYSTEM -> "provider";
          default -> "network";
        };
    String observed =
        switch (novelty) {
          case COUNTRY -> origin.country();
          case SYSTEM -> "AS" + origin.asn();
          default -> "another network";
        };
    String expected =
        novelty == Novelty.COUNTRY
            ? profile.origins().countriesBefore()
            : "a " + what + " it came from before";
    return Anomaly.behaviour(
            alarm(),
            novelty == Novelty.COUNTRY ? Severity.MEDIUM : Severity.LOW,
            action,
            "Client speaks from a " + what + " it never came from",
            new Anomaly.Why(
                expected, observed, "1 new " + what, Map.of("novelty", what, "basis", "client")))
        .finding();
  }
}
