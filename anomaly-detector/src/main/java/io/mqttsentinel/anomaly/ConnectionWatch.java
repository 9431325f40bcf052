package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import java.util.Optional;

/** A client that connects again and again: stolen credentials in use twice, or a loop. */
final class ConnectionWatch {

  private static final double LEAST_DEVIATION = 0.3;
  private static final int FLOOR = 5;

  private final int limit;
  private final long window;
  private final BaselineConfig config;

  ConnectionWatch(Settings settings) {
    this.limit = settings.limits().connectionLimit();
    this.window = settings.limits().connectionWindow().toMillis();
    this.config = settings.baseline();
  }

  /**
   * Takes a connection that was opened.
   *
   * @param at milliseconds
   */
  Optional<Finding> opened(Profile profile, long at) {
    RateBaseline connections = profile.connections();
    RateBaseline.Closed closed = connections.add(at, window);
    profile.connected(at);
    if (closed == null) {
      return connections.count() > limit && isDue(profile, at)
          ? Optional.of(finding(connections.count(), limit, limit, "fixed"))
          : Optional.empty();
    }
    Expectation expected =
        Expectation.of(
            connections.usual(), null, LEAST_DEVIATION, Math.log(config.factor()), config);
    double value = Math.log1p(closed.count());
    boolean deviates = expected != null && closed.count() >= FLOOR && expected.isExceededBy(value);
    Expectation.teach(connections.usual(), expected, value, false);
    return deviates && isDue(profile, at)
        ? Optional.of(
            finding(
                closed.count(),
                Math.expm1(expected.mean()),
                Math.expm1(expected.mean() + expected.limit()),
                "client"))
        : Optional.empty();
  }

  private boolean isDue(Profile profile, long at) {
    return profile.alarms().report(Alarm.CONNECTION_RATE, at, config);
  }

  private Finding finding(int observed, double usual, double most, String basis) {
    return Anomaly.behaviour(
            Alarm.CONNECTION_RATE,
            Severity.MEDIUM,
            Action.FLAG,
            "Client connects again and again",
            Anomaly.Why.times(
                "%s connections in %d ms".formatted(Anomaly.number(usual), window),
                observed + " connections",
                Anomaly.number(most),
                observed / Math.max(usual, 1),
                basis))
        .finding();
  }
}
