package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.Optional;

/**
 * More messages in a short time than a device sends, or than the origin sends to one device. What
 * the origin sends to a topic that is no client's is a broadcast of its own pace, and not judged.
 */
final class PublishRateDetector implements Detector {

  private final int limit;
  private final long window;
  private final Action action;
  private final BaselineConfig config;

  PublishRateDetector(Settings settings) {
    this.limit = settings.limits().rateLimit();
    this.window = settings.limits().rateWindow().toMillis();
    this.action = settings.modes().publishRate().action();
    this.config = settings.baseline();
  }

  @Override
  public Alarm alarm() {
    return Alarm.PUBLISH_RATE;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    if (seen.isBroadcast()) {
      return Optional.empty();
    }
    int observed = profile.pace().count(seen.at(), window);
    if (observed <= limit || !isDue(profile, seen.at())) {
      return Optional.empty();
    }
    return Optional.of(
        Anomaly.behaviour(
                alarm(),
                Severity.MEDIUM,
                action,
                seen.isFromOrigin()
                    ? "The origin sends more to one client than is usual"
                    : "Client publishes faster than is usual",
                Anomaly.Why.times(
                    "at most %d messages in %d ms".formatted(limit, window),
                    observed + " messages",
                    Integer.toString(limit),
                    (double) observed / limit,
                    "fixed"))
            .finding());
  }

  /** A mark is set now and then; where messages are to be stopped, each one needs its finding. */
  private boolean isDue(Profile profile, long at) {
    return profile.alarms().report(alarm(), at, config) || action != Action.FLAG;
  }
}
