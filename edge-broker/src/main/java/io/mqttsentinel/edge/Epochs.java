package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.Epoch;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives this edge's connections their {@link Epoch}. More than 4096 in a millisecond borrow from
 * the next one.
 */
final class Epochs {

  private final Clock clock;
  private final int lane;
  private final AtomicLong last = new AtomicLong();

  Epochs(Clock clock, int lane) {
    this.clock = clock;
    this.lane = lane;
  }

  long next() {
    long now = Epoch.ticks(clock.instant());
    return Epoch.of(last.updateAndGet(before -> Math.max(before + 1, now)), lane);
  }
}
