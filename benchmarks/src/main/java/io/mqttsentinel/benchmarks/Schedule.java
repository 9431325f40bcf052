package io.mqttsentinel.benchmarks;

/**
 * When each message of a phase is meant to be sent, whatever the system under test answers.
 *
 * @param startNanos of {@link System#nanoTime()}
 */
record Schedule(long startNanos, int rate, long count) {

  private static final long SECOND = 1_000_000_000L;

  Schedule {
    if (rate < 1 || count < 0) {
      throw new IllegalArgumentException(
          "rate %d and count %d, expected at least 1 and 0".formatted(rate, count));
    }
  }

  /** A schedule that lasts so many seconds. */
  static Schedule lasting(long startNanos, int rate, double seconds) {
    return new Schedule(startNanos, rate, Math.round(rate * seconds));
  }

  /** The time of message {@code index}, counted from 0. */
  long intendedNanos(long index) {
    return startNanos + index / rate * SECOND + index % rate * SECOND / rate;
  }
}
