package io.mqttsentinel.benchmarks;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/**
 * Sends by the schedule and by nothing else. How late the sending itself was is recorded, so that a
 * report can tell a slow generator from a slow system.
 */
final class Pacer {

  private static final long SHORTEST_PARK_NANOS = 20_000;

  private final Histogram lag = Latency.histogram();

  /** Calls {@code send} with 0, 1, 2, … when the time of each has come. */
  void run(Schedule schedule, LongConsumer send) {
    for (long index = 0; index < schedule.count(); index++) {
      long intended = schedule.intendedNanos(index);
      long now = System.nanoTime();
      while (intended - now > SHORTEST_PARK_NANOS) {
        LockSupport.parkNanos(intended - now);
        now = System.nanoTime();
      }
      Latency.record(lag, now - intended);
      send.accept(index);
    }
  }

  Latency lag() {
    return Latency.of(lag);
  }
}
