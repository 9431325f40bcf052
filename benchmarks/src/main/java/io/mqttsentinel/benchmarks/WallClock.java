package io.mqttsentinel.benchmarks;

import java.time.Instant;

/** Puts {@link System#nanoTime()} on the clock that the services stamp with. */
record WallClock(long offsetMicros) {

  private static final int SAMPLES = 100;

  /** Reads both clocks one right after the other, several times, and keeps the closest pair. */
  static WallClock synchronize() {
    long shortest = Long.MAX_VALUE;
    long offset = 0;
    for (int i = 0; i < SAMPLES; i++) {
      long before = System.nanoTime();
      Instant now = Instant.now();
      long took = System.nanoTime() - before;
      if (took < shortest) {
        shortest = took;
        offset = micros(now) - (before + took / 2) / 1_000;
      }
    }
    return new WallClock(offset);
  }

  static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  long micros(long nanoTime) {
    return nanoTime / 1_000 + offsetMicros;
  }
}
