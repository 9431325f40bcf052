package io.mqttsentinel.anomaly;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;

/**
 * How anomaly-detector learns what is usual for a client, and how far from it is unusual.
 *
 * @param minObservations values from which on a baseline counts
 * @param deviations standard deviations above the mean from which on a value is unusual, if it is
 *     {@code factor} times the usual one too
 * @param factor times the usual value
 * @param raiseAfter unusual data points in a row before a finding
 * @param clearAfter usual data points in a row, at least, before it is over
 * @param suppress the same finding of a client is not repeated for so long
 * @param rateWindow data point of the publish rate
 * @param rateFloor messages within {@code rateWindow} that are never too many
 * @param learning a client younger than this has no usual networks, and is not missed
 * @param offHoursDays days on which a client must have spoken before its hours count
 * @param silenceFactor times the longest silence so far
 * @param silenceFloor a silence shorter than this is never unusual
 * @param classClients clients that make a class, whose baseline stands in for that of a new client
 * @param fleetFloor messages of one topic within ten seconds, on one instance, that are no rise
 * @param failureFloor failures of one kind within ten seconds, on one instance, that are no rise
 * @param forgetAfter the profile of a client that is silent for so long goes
 */
@ConfigurationProperties("sentinel.anomaly-detector.baseline")
public record BaselineConfig(
    @Bindable(defaultValue = "30") int minObservations,
    @Bindable(defaultValue = "6.0") double deviations,
    @Bindable(defaultValue = "8.0") double factor,
    @Bindable(defaultValue = "3") int raiseAfter,
    @Bindable(defaultValue = "10") int clearAfter,
    @Bindable(defaultValue = "10m") Duration suppress,
    @Bindable(defaultValue = "10s") Duration rateWindow,
    @Bindable(defaultValue = "20") int rateFloor,
    @Bindable(defaultValue = "24h") Duration learning,
    @Bindable(defaultValue = "7") int offHoursDays,
    @Bindable(defaultValue = "3.0") double silenceFactor,
    @Bindable(defaultValue = "2m") Duration silenceFloor,
    @Bindable(defaultValue = "10") int classClients,
    @Bindable(defaultValue = "200") int fleetFloor,
    @Bindable(defaultValue = "20") int failureFloor,
    @Bindable(defaultValue = "30d") Duration forgetAfter) {

  private static final String PREFIX = "sentinel.anomaly-detector.baseline.";
  private static final int MOST_POINTS = 50;

  public BaselineConfig {
    ConfigCheck.between(PREFIX + "min-observations", minObservations, 8L, Baseline.COUNTED);
    ConfigCheck.between(PREFIX + "deviations", deviations, 1, 100);
    ConfigCheck.between(PREFIX + "factor", factor, 1.5, 1000);
    ConfigCheck.between(PREFIX + "raise-after", raiseAfter, 1L, MOST_POINTS);
    ConfigCheck.between(PREFIX + "clear-after", clearAfter, 1L, MOST_POINTS);
    ConfigCheck.positive(PREFIX + "suppress", suppress);
    ConfigCheck.atLeast(PREFIX + "rate-window (in ms)", rateWindow.toMillis(), 1000);
    ConfigCheck.atLeast(PREFIX + "rate-floor", rateFloor, 1);
    ConfigCheck.positive(PREFIX + "learning", learning);
    ConfigCheck.between(PREFIX + "off-hours-days", offHoursDays, 1L, Baseline.COUNTED);
    ConfigCheck.between(PREFIX + "silence-factor", silenceFactor, 1, 1000);
    ConfigCheck.positive(PREFIX + "silence-floor", silenceFloor);
    ConfigCheck.between(PREFIX + "class-clients", classClients, 2L, Baseline.COUNTED);
    ConfigCheck.atLeast(PREFIX + "fleet-floor", fleetFloor, 1);
    ConfigCheck.atLeast(PREFIX + "failure-floor", failureFloor, 1);
    ConfigCheck.positive(PREFIX + "forget-after", forgetAfter);
  }

  /** How far above the mean of natural logarithms a value must be. */
  double limitOfLogs(double deviation) {
    return Math.max(deviations * deviation, Math.log(factor));
  }
}
