package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.Optional;

/**
 * A client that goes on sending many times what it used to send. Judged by windows of some seconds:
 * what a client has queued while it was away comes in one or two of them.
 */
final class PublishRateRiseDetector implements Detector {

  private static final double LEAST_DEVIATION = 0.3;
  private static final int MOST_EMPTY = 32;

  private final BaselineConfig config;
  private final Action action;
  private final long window;

  PublishRateRiseDetector(Settings settings) {
    this.config = settings.baseline();
    this.action = settings.modes().publishRateRise().action();
    this.window = config.rateWindow().toMillis();
  }

  @Override
  public Alarm alarm() {
    return Alarm.PUBLISH_RATE_RISE;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    if (seen.isBroadcast()) {
      return Optional.empty();
    }
    RateBaseline publishes = profile.publishes();
    RateBaseline.Closed closed = publishes.add(seen.at(), window);
    if (closed == null) {
      return stopWhileOn(profile) ? Optional.of(ongoing(publishes)) : Optional.empty();
    }
    Baseline peers = seen.hasPeers(config) ? seen.peers().publishes() : null;
    Expectation expected =
        Expectation.of(
            publishes.usual(), peers, LEAST_DEVIATION, Math.log(config.factor()), config);
    double value = Math.log1p(closed.count());
    boolean deviates =
        expected != null && closed.count() >= config.rateFloor() && expected.isExceededBy(value);
    boolean due = profile.alarms().note(alarm(), deviates, seen.at(), config);
    for (int i = 0; i < Math.min(closed.emptyAfter(), MOST_EMPTY); i++) {
      profile.alarms().note(alarm(), false, seen.at(), config);
    }
    boolean unreported = deviates && !profile.alarms().isOn(alarm());
    Expectation.teach(publishes.usual(), expected, value, unreported);
    if (seen.peers() != null) {
      seen.peers().publishes().learn(value);
    }
    return due ? Optional.of(finding(closed.count(), expected)) : Optional.empty();
  }

  private boolean stopWhileOn(Profile profile) {
    return action != Action.FLAG && profile.alarms().isOn(alarm());
  }

  private Finding ongoing(RateBaseline publishes) {
    Expectation expected =
        Expectation.of(
            publishes.usual(),
            publishes.usual(),
            LEAST_DEVIATION,
            Math.log(config.factor()),
            config);
    return finding(publishes.count(), expected);
  }

  private Finding finding(int count, Expectation expected) {
    double usual = expected == null ? 0 : Math.expm1(expected.mean());
    double limit = expected == null ? 0 : Math.expm1(expected.mean() + expected.limit());
    return Anomaly.behaviour(
            alarm(),
            Severity.MEDIUM,
            action,
            "Client goes on publishing many times what it used to",
            Anomaly.Why.times(
                "%s messages in %d ms".formatted(Anomaly.number(usual), window),
                count + " messages",
                Anomaly.number(Math.max(limit, config.rateFloor())),
                count / Math.max(usual, 1),
                expected == null ? "client" : expected.basis()))
        .finding();
  }
}
