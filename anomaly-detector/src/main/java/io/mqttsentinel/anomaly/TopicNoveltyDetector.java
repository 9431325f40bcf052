package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.Optional;

/**
 * A client that tries one new topic after the other. Those whose topics are new by nature (a
 * request id in them) are known for it.
 */
final class TopicNoveltyDetector implements Detector {

  private static final double ORDINARY_SHARE = 0.05;

  private final BaselineConfig config;
  private final Action action;

  TopicNoveltyDetector(Settings settings) {
    this.config = settings.baseline();
    this.action = settings.modes().topicNovelty().action();
  }

  @Override
  public Alarm alarm() {
    return Alarm.TOPIC_NOVELTY;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    boolean isNew = profile.topics().add(seen.message().getTopic());
    float share = profile.noveltyShare();
    boolean deviates = isNew && profile.isKnown(config) && share < ORDINARY_SHARE;
    boolean due = profile.alarms().note(alarm(), deviates, seen.at(), config, action);
    profile.learnNovelty(isNew);
    if (!due) {
      return Optional.empty();
    }
    return Optional.of(
        Anomaly.behaviour(
                alarm(),
                Severity.MEDIUM,
                action,
                "Client tries one new topic after the other",
                Anomaly.Why.times(
                    "%.1f %% new topics".formatted(100 * share),
                    "%d new topics in a row, %d in all"
                        .formatted(config.raiseAfter(), profile.topics().size()),
                    config.raiseAfter() + " new topics",
                    Math.min(1 / Math.max(share, 0.001), 1000),
                    "client"))
            .finding());
  }
}
