package io.mqttsentinel.pattern;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/**
 * The processor time that one message may cost. Nobody looks at the clock before there is a text
 * longer than an honest payload is: up to there length and number of the texts are the bound, and
 * what is found is the same each time. Time of this thread alone, so that a busy machine or a pause
 * of the collector cuts nothing off.
 */
final class TimeBudget {

  /** Bytes of the longest text of a message, decoded ones too, up to which time does not count. */
  static final int FREE = 64 * 1024;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final boolean MEASURES_THREADS = THREADS.isCurrentThreadCpuTimeSupported();

  private final long nanos;
  private final LongSupplier clock;
  private long start;
  private boolean running;

  TimeBudget(DecodeLimits limits) {
    this(limits, TimeBudget::ofThread);
  }

  /**
   * @param clock in nanoseconds
   */
  TimeBudget(DecodeLimits limits, LongSupplier clock) {
    this.nanos = limits.time().toNanos();
    this.clock = clock;
  }

  /** Begins anew. */
  void reset() {
    running = false;
  }

  /** A text of that length is to be looked at. */
  void add(int length) {
    if (!running && nanos > 0 && length > FREE) {
      running = true;
      start = now();
    }
  }

  /** Whether time counts by now. */
  boolean isRunning() {
    return running;
  }

  /** Nanoseconds that are left; none below zero. */
  long left() {
    return running ? Math.max(0, start + nanos - now()) : nanos;
  }

  /** Nanoseconds since some point in time. */
  long now() {
    return clock.getAsLong();
  }

  private static long ofThread() {
    return MEASURES_THREADS ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }
}
