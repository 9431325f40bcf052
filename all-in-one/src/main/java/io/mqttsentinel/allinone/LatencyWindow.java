package io.mqttsentinel.allinone;

import java.util.ArrayDeque;
import java.util.Deque;
import org.HdrHistogram.Histogram;

/** The latency of the last so many intervals. */
final class LatencyWindow {

  private static final int DIGITS = 3;

  private final int intervals;
  private final Deque<Histogram> parts = new ArrayDeque<>();

  LatencyWindow(int intervals) {
    this.intervals = intervals;
  }

  /** Takes one more interval in and lets the oldest go. */
  Histogram with(Histogram interval) {
    parts.addLast(interval);
    if (parts.size() > intervals) {
      parts.removeFirst();
    }
    Histogram sum = new Histogram(DIGITS);
    parts.forEach(sum::add);
    return sum;
  }
}
