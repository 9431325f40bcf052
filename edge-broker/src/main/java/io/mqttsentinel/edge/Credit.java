package io.mqttsentinel.edge;

import java.time.Duration;

/** So many a second, evenly. Not safe for threads. */
final class Credit {

  private static final double NANOS_PER_SECOND = 1e9;

  private double left;
  private long since;

  /**
   * @param left how many are free at once, at first
   */
  Credit(double left, long nowNanos) {
    this.left = left;
    this.since = nowNanos;
  }

  /**
   * Takes one, if there is one.
   *
   * @param rate a second
   * @param longest what was not taken for longer than that is lost; one stays in any case
   */
  boolean spend(long nowNanos, double rate, Duration longest) {
    double earned = (nowNanos - since) / NANOS_PER_SECOND * rate;
    left = Math.min(most(rate, longest), left + earned);
    since = nowNanos;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }

  static double most(double rate, Duration longest) {
    return Math.max(1, rate * longest.toNanos() / NANOS_PER_SECOND);
  }
}
