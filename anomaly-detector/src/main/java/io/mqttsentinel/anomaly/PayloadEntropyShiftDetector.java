package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.Optional;

/**
 * Payloads far denser than the client's usually are: ciphertext where there was text. Formats that
 * are dense by nature tell themselves what they are, and are not judged.
 */
final class PayloadEntropyShiftDetector implements Detector {

  private static final double LEAST_DEVIATION = 0.1;
  private static final double LEAST_SHIFT = 0.6;
  private static final int LEAST_BYTES = 32;

  private final BaselineConfig config;
  private final Action action;

  PayloadEntropyShiftDetector(Settings settings) {
    this.config = settings.baseline();
    this.action = settings.modes().payloadEntropyShift().action();
  }

  @Override
  public Alarm alarm() {
    return Alarm.PAYLOAD_ENTROPY_SHIFT;
  }

  @Override
  public Optional<Finding> inspect(Observation seen, Profile profile) {
    if (seen.payload().length < LEAST_BYTES || seen.type() == PayloadType.KNOWN) {
      return Optional.empty();
    }
    double value = seen.entropy();
    Baseline peers = seen.hasPeers(config) ? seen.peers().entropy() : null;
    Expectation expected =
        Expectation.of(profile.entropy(), peers, LEAST_DEVIATION, LEAST_SHIFT, config);
    boolean deviates = expected != null && expected.isExceededBy(value);
    boolean due = profile.alarms().note(alarm(), deviates, seen.at(), config, action);
    boolean unreported = deviates && !profile.alarms().isOn(alarm());
    Expectation.teach(profile.entropy(), expected, value, unreported);
    if (seen.peers() != null) {
      seen.peers().entropy().learn(value);
    }
    return due ? Optional.of(finding(value, expected)) : Optional.empty();
  }

  private Finding finding(double value, Expectation expected) {
    return Anomaly.behaviour(
            alarm(),
            Severity.MEDIUM,
            action,
            "Payloads far denser than usual",
            Anomaly.Why.times(
                Anomaly.number(expected.mean()) + " bits a byte",
                Anomaly.number(value) + " bits a byte",
                Anomaly.number(expected.mean() + expected.limit()),
                value / Math.max(expected.mean(), 0.1),
                expected.basis()))
        .finding();
  }
}
