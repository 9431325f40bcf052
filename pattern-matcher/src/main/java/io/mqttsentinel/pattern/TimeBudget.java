package io.mqttsentinel.pattern;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/**
 * What one message may cost of the processor. Nobody looks at the clock before there is a text
 * longer than an honest payload is: up to there bytes are counted instead, and what is found is the
 * same each time. Time of this thread alone, so that a busy machine or a pause of the collector
 * cuts nothing off.
 */
final class TimeBudget {

  /** Bytes of the longest text of a message, decoded ones too, up to which time does not count. */
  static final int FREE = 64 * 1024;

  /** Bytes of all texts of a message that are looked at whole where time does not count. */
  static final int WHOLE = 2 * FREE;

  /** The same for a message that will be blocked in any case. */
  static final int WHOLE_IF_SETTLED = FREE / 4;

  /** A text up to this length is looked at whole whatever was before. */
  static final int SHORT = 1024;

  /** Parts of all further texts of a message, and of one text, where time does not count. */
  private static final int PARTS = 12;

  private static final int PARTS_OF_TEXT = 4;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final boolean MEASURES_THREADS = THREADS.isCurrentThreadCpuTimeSupported();

  private final long nanos;
  private final LongSupplier clock;
  private long start;
  private boolean running;
  private int whole;
  private int parts;

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
    whole = 0;
    parts = PARTS;
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

  /**
   * Where time does not count: whether a further text is looked at whole; the first always is.
   *
   * @param settled whatever is found in it, the message will not be delivered
   */
  boolean allowsWhole(int length, boolean settled) {
    if (nanos == 0 || length <= SHORT) {
      return true;
    }
    boolean first = whole == 0;
    if (!first && whole + length > (settled ? WHOLE_IF_SETTLED : WHOLE)) {
      return false;
    }
    whole += length;
    return true;
  }

  /** Where time does not count: how many parts of a further text are looked at. */
  int partsOf(int blocks) {
    int allowed = Math.min(Math.min(blocks, PARTS_OF_TEXT), parts);
    parts -= allowed;
    return allowed;
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
