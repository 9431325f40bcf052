package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/** A device that speaks at an hour at which it never spoke. */
final class OffHoursDetector implements Detector {

  private final BaselineConfig config;
  private final Action action;

  OffHoursDetector(Settings settings) {
    this.config = settings.baseline();
    this.action = settings.modes().offHours().action();
  }

  @Override
  public Alarm alarm() {
    return Alarm.OFF_HOURS;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    if (seen.isFromOrigin()) {
      return Optional.empty();
    }
    ActiveHours hours = profile.hours();
    int days = hours.days();
    int active = hours.active();
    boolean unusual = hours.note(seen.at(), config.offHoursDays());
    if (hours.days() != days) {
      profile.dayBegan();
    }
    if (!profile.alarms().note(alarm(), unusual, seen.at(), config, action)) {
      return Optional.empty();
    }
    int hour = Instant.ofEpochMilli(seen.at()).atOffset(ZoneOffset.UTC).getHour();
    return Optional.of(
        Anomaly.behaviour(
                alarm(),
                Severity.LOW,
                action,
                "Client speaks at an hour at which it never spoke",
                new Anomaly.Why(
                    "one of its %d hours of the last %d days".formatted(active, days),
                    "%02d:00 to %02d:59 UTC".formatted(hour, hour),
                    config.raiseAfter() + " messages",
                    Map.of("basis", "client")))
            .finding());
  }
}
