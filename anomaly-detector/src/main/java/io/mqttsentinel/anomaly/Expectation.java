package io.mqttsentinel.anomaly;

/**
 * What a value should be: by the client's own baseline, or, while that is too young, by that of its
 * class with a wider margin.
 *
 * @param limit how far above the mean a value is unusual
 * @param basis for the finding: {@code client} or {@code class}
 */
record Expectation(double mean, double limit, String basis) {

  private static final double CLASS_MARGIN = 1.5;

  /**
   * @param peers the class's baseline, or null
   * @param leastDeviation standard deviation at least: a client that never varies may begin to
   * @param leastLimit margin at least
   * @return null where neither is known
   */
  static Expectation of(
      Baseline own,
      Baseline peers,
      double leastDeviation,
      double leastLimit,
      BaselineConfig config) {
    if (own.isKnown(config.minObservations())) {
      return new Expectation(own.mean(), limit(own, leastDeviation, leastLimit, config), "client");
    }
    if (peers != null && peers.isKnown(config.minObservations())) {
      double limit = CLASS_MARGIN * limit(peers, leastDeviation, leastLimit, config);
      return new Expectation(peers.mean(), limit, "class");
    }
    return null;
  }

  boolean isExceededBy(double value) {
    return value - mean > limit;
  }

  /**
   * Teaches the client's baseline. What deviates teaches nothing before it is reported, or an
   * attack would widen the margin with its first messages; after that no more than the largest
   * ordinary value, so that what goes on becomes usual.
   *
   * @param unreported whether the value deviates and its alarm is not on
   */
  static void teach(Baseline own, Expectation expected, double value, boolean unreported) {
    if (expected == null || expected.basis().equals("class")) {
      own.learn(value);
    } else if (!unreported) {
      own.learn(value, expected.limit());
    }
  }

  private static double limit(
      Baseline baseline, double leastDeviation, double leastLimit, BaselineConfig config) {
    return Math.max(
        config.deviations() * Math.max(baseline.deviation(), leastDeviation), leastLimit);
  }
}
