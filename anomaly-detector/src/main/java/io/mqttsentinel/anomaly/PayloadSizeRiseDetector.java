package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.Optional;

/** Payloads many times as large as the client's usually are: data on its way out. */
final class PayloadSizeRiseDetector implements Detector {

  private static final double LEAST_DEVIATION = 0.3;
  private static final int ORDINARY = 512;

  private final BaselineConfig config;
  private final Action action;

  PayloadSizeRiseDetector(Settings settings) {
    this.config = settings.baseline();
    this.action = settings.modes().payloadSizeRise().action();
  }

  @Override
  public Alarm alarm() {
    return Alarm.PAYLOAD_SIZE_RISE;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    int size = seen.payload().length;
    double value = Math.log1p(size);
    Baseline peers = seen.hasPeers(config) ? seen.peers().size() : null;
    Expectation expected =
        Expectation.of(profile.size(), peers, LEAST_DEVIATION, Math.log(config.factor()), config);
    boolean deviates = expected != null && size > ORDINARY && expected.isExceededBy(value);
    boolean due = profile.alarms().note(alarm(), deviates, seen.at(), config, action);
    boolean unreported = deviates && !profile.alarms().isOn(alarm());
    Expectation.teach(profile.size(), expected, value, unreported);
    if (seen.peers() != null) {
      seen.peers().size().learn(value);
    }
    return due ? Optional.of(finding(size, expected)) : Optional.empty();
  }

  private Finding finding(int size, Expectation expected) {
    double usual = Math.expm1(expected.mean());
    return Anomaly.behaviour(
            alarm(),
            Severity.MEDIUM,
            action,
            "Payloads many times as large as usual",
            Anomaly.Why.times(
                "about %.0f bytes".formatted(usual),
                size + " bytes",
                "%.0f bytes".formatted(Math.expm1(expected.mean() + expected.limit())),
                size / Math.max(usual, 1),
                expected.basis()))
        .finding();
  }
}
