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

  /**
   * Bytes of all texts of a message that are looked at whole where time does not count; those of a
   * {@link SpecialBytes#areDense dense} one count twice.
   */
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
  private int plannedWhole;
  private int plannedParts;

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
    plannedWhole = 0;
    plannedParts = 0;
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
  boolean allowsWhole(byte[] text, boolean settled) {
    if (nanos == 0 || text.length <= SHORT) {
      return true;
    }
    boolean first = whole == 0;
    int weight = weight(text);
    if (!first && whole + weight > (settled ? WHOLE_IF_SETTLED : WHOLE)) {
      return false;
    }
    whole += weight;
    return true;
  }

  /** A text will be looked at, after those that were planned before. */
  void plan(byte[] view) {
    if (running || nanos == 0 || view.length <= SHORT) {
      return;
    }
    int weight = weight(view);
    if (plannedWhole == 0 || plannedWhole + weight <= WHOLE) {
      plannedWhole += weight;
    } else {
      plannedParts += Math.min(BlockOrder.blocks(view.length), PARTS_OF_TEXT);
    }
  }

  /** Whether anything of a further view of that length would be looked at. */
  boolean hasRoom(int length) {
    return running
        || nanos == 0
        || length <= SHORT
        || plannedParts < PARTS
        || plannedWhole + length <= WHOLE;
  }

  /** Where time does not count: nothing of further texts but short ones is looked at. */
  boolean isSpent() {
    return parts == 0;
  }

  private static int weight(byte[] text) {
    return SpecialBytes.areDense(text, text.length) ? 2 * text.length : text.length;
  }

  /**
   * Where time does not count: how many parts of a further text are looked at.
   *
   * @param few of all texts together no more than of one otherwise
   */
  int partsOf(int blocks, boolean few) {
    parts = few ? Math.min(parts, PARTS_OF_TEXT) : parts;
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
