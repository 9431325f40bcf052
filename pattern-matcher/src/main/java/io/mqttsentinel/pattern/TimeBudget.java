package io.mqttsentinel.pattern;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/**
 * The processor time that one message may cost. Nobody looks at the clock before the texts of a
 * message are longer together than any ordinary one: short texts are bounded by their length. Time
 * of this thread alone, so that a busy machine or a pause of the collector cuts nothing off.
 */
final class TimeBudget {

  /** Bytes of all views of a message together up to which time does not count. */
  static final int FREE = 16 * 1024;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final boolean MEASURES_THREADS = THREADS.isCurrentThreadCpuTimeSupported();

  private final long nanos;
  private final LongSupplier clock;
  private long bytes;
  private long start;
  private boolean running;

  TimeBudget(DecodeLimits limits) {
    this(limits, TimeBudget::ofThread);
  }

  /**
   * @param clock in nanoseconds
   */
  TimeBudget(DecodeLimits limits, LongSupplier clock) {
    this.nanos = 1_000L * limits.micros();
    this.clock = clock;
  }

  /** Begins anew. */
  void reset() {
    bytes = 0;
    running = false;
  }

  /** Counts a text that is to be looked at. */
  void add(int length) {
    bytes += length;
    if (!running && bytes > FREE) {
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
