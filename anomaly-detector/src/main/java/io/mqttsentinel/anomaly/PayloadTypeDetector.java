package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.Map;
import java.util.Optional;

/** A client that sends another kind of payload than ever before: binary on a channel of JSON. */
final class PayloadTypeDetector implements Detector {

  private final BaselineConfig config;
  private final Action action;

  PayloadTypeDetector(Settings settings) {
    this.config = settings.baseline();
    this.action = settings.modes().payloadTypeChange().action();
  }

  @Override
  public Alarm alarm() {
    return Alarm.PAYLOAD_TYPE_CHANGE;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    PayloadType type = seen.type();
    KnownTypes known = profile.types();
    boolean judged = type != PayloadType.SHORT && type != PayloadType.KNOWN;
    // The first of a new kind are of a new kind still when the alarm is raised.
    int enough = config.raiseAfter() + 1;
    boolean deviates =
        judged && known.total() >= config.minObservations() && !known.isKnown(type, enough);
    boolean due = judged && profile.alarms().note(alarm(), deviates, seen.at(), config, action);
    PayloadType usual = known.usual();
    known.note(type);
    if (!due) {
      return Optional.empty();
    }
    return Optional.of(
        Anomaly.behaviour(
                alarm(),
                Severity.LOW,
                action,
                "Client sends another kind of payload than ever before",
                new Anomaly.Why(
                    usual.name(),
                    type.name(),
                    config.raiseAfter() + " messages",
                    Map.of("basis", "client")))
            .finding());
  }
}
