package io.mqttsentinel.benchmarks;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Percentiles in milliseconds; all 0 without a value. */
record Latency(long count, double p50, double p95, double p99, double p999, double max) {

  private static final long HIGHEST_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 3;

  /** A histogram of microseconds up to an hour, three digits exact. */
  static Histogram histogram() {
    return new Histogram(HIGHEST_MICROS, DIGITS);
  }

  /** Records a time in nanoseconds; what lies outside of the histogram counts as its edge. */
  static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos / 1_000, 0, HIGHEST_MICROS));
  }

  static Latency of(Histogram micros) {
    if (micros.getTotalCount() == 0) {
      return new Latency(0, 0, 0, 0, 0, 0);
    }
    return new Latency(
        micros.getTotalCount(),
        millis(micros, 50),
        millis(micros, 95),
        millis(micros, 99),
        millis(micros, 99.9),
        micros.getMaxValue() / 1_000.0);
  }

  private static double millis(Histogram micros, double percentile) {
    return micros.getValueAtPercentile(percentile) / 1_000.0;
  }
}
