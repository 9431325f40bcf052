package io.mqttsentinel.schemas;

import java.time.Instant;

/**
 * Numbers of connections, unique over all edges and ascending within one: milliseconds since 2025
 * by the edge's clock, then ten bits of lane, then twelve that count.
 */
public final class Epoch {

  /** How many lanes there can be. */
  public static final int LANES = 1 << 10;

  private static final int COUNTER_BITS = 12;
  private static final int LANE_BITS = 10;
  private static final long START = Instant.parse("2025-01-01T00:00:00Z").toEpochMilli();

  private Epoch() {}

  /** Counts what could be numbered in one lane from 2025 until the begin of this millisecond. */
  public static long ticks(Instant at) {
    return (at.toEpochMilli() - START) << COUNTER_BITS;
  }

  /** The number of a connection. */
  public static long of(long ticks, int lane) {
    long millis = ticks >>> COUNTER_BITS;
    long counter = ticks & ((1 << COUNTER_BITS) - 1);
    return (millis << (LANE_BITS + COUNTER_BITS)) | ((long) lane << COUNTER_BITS) | counter;
  }

  /** Whether the number was given in a later millisecond than this one. */
  public static boolean isAfter(long epoch, Instant at) {
    return epoch >= of(ticks(at.plusMillis(1)), 0);
  }
}
