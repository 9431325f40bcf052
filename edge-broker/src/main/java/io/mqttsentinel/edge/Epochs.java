package io.mqttsentinel.edge;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers for connections, unique over all edges and ascending within one: milliseconds since 2025,
 * then ten bits of lane, then twelve of counter. More than 4096 in a millisecond borrow from the
 * next one.
 */
final class Epochs {

  static final int LANES = 1 << 10;

  private static final long START = Instant.parse("2025-01-01T00:00:00Z").toEpochMilli();
  private static final int COUNTER_BITS = 12;
  private static final int LANE_BITS = 10;

  private final Clock clock;
  private final int lane;
  private final AtomicLong last = new AtomicLong();

  Epochs(Clock clock, int lane) {
    this.clock = clock;
    this.lane = lane;
  }

  long next() {
    long now = (clock.millis() - START) << COUNTER_BITS;
    long ticks = last.updateAndGet(before -> Math.max(before + 1, now));
    long millis = ticks >>> COUNTER_BITS;
    long counter = ticks & ((1 << COUNTER_BITS) - 1);
    return (millis << (LANE_BITS + COUNTER_BITS)) | ((long) lane << COUNTER_BITS) | counter;
  }
}
