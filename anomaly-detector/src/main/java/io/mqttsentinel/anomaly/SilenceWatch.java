package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Regular clients that have stopped. The only detector that looks at the clock; so it counts only
 * the time in which this task was at work and up to date: after an outage nobody was silent.
 */
final class SilenceWatch {

  private static final double MOST_DEVIATION = 0.7;
  private static final long STALLED = 10_000;
  private static final long MINUTE = 60_000;
  private static final int MOST_A_MINUTE = 20;

  private final BaselineConfig config;
  private long attentiveSince;
  private long lastTick;
  private long minute;
  private int reported;
  private int held;

  /**
   * @param now milliseconds
   */
  SilenceWatch(BaselineConfig config, long now) {
    this.config = config;
    this.attentiveSince = now;
    this.lastTick = now;
  }

  /** Takes the time of a message: one that is old means that younger ones may still come. */
  void heard(long at, long now) {
    if (now - at > STALLED) {
      attentiveSince = now;
    }
  }

  void tick(long now) {
    if (now - lastTick > STALLED || now < lastTick) {
      attentiveSince = now;
    }
    lastTick = now;
  }

  /** Whether the client should have spoken by now. Says so once for each silence. */
  Optional<Finding> judge(Profile profile, long now) {
    long silence = now - Math.max(profile.lastAt(), attentiveSince);
    Baseline gaps = profile.gaps();
    if (silence <= config.silenceFloor().toMillis()
        || profile.hasSaidGoodbye()
        || profile.isMissed()
        || !gaps.isKnown(config.minObservations())
        || gaps.deviation() > MOST_DEVIATION
        || profile.age() < config.learning().toMillis()) {
      return Optional.empty();
    }
    double longest = Math.max(profile.longestGap(), Math.exp(gaps.mean()));
    if (silence <= config.silenceFactor() * longest
        || !profile.alarms().report(Alarm.CLIENT_SILENT, now, config)) {
      return Optional.empty();
    }
    profile.missed();
    return Optional.of(finding(profile, now, longest));
  }

  /** Whether an event of its own is due: many that fall silent together are one event. */
  boolean isAlone() {
    if (reported < MOST_A_MINUTE) {
      reported++;
      return true;
    }
    held++;
    return false;
  }

  /** How many were held back in the minute that has ended; 0 while it goes on. */
  int endOfMinute(long now) {
    if (now / MINUTE == minute) {
      return 0;
    }
    int before = held;
    minute = now / MINUTE;
    reported = 0;
    held = 0;
    return before;
  }

  /** For those that fell silent within the same minute, beyond the first ones. */
  static Finding together(int clients) {
    return new Anomaly(
            FleetWatch.SILENCE,
            AnalyticType.STATISTICAL,
            Severity.MEDIUM,
            Action.FLAG,
            "Many regular clients have fallen silent",
            "at most " + MOST_A_MINUTE + " in a minute",
            clients + " more",
            Integer.toString(MOST_A_MINUTE),
            Map.of("basis", "instance"),
            List.of())
        .finding();
  }

  private Finding finding(Profile profile, long now, double longest) {
    long silence = now - profile.lastAt();
    return Anomaly.behaviour(
            Alarm.CLIENT_SILENT,
            Severity.LOW,
            Action.FLAG,
            "A regular client has fallen silent",
            new Anomaly.Why(
                "a message every %.0f s".formatted(Math.exp(profile.gaps().mean()) / 1000),
                "none for %d s".formatted(silence / 1000),
                "%.0f s".formatted(config.silenceFactor() * longest / 1000),
                Map.of("factor", Anomaly.number(silence / longest), "basis", "client")))
        .finding();
  }
}
