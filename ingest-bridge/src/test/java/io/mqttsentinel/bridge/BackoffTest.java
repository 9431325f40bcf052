package io.mqttsentinel.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class BackoffTest {

  @Property
  void everyPauseLiesInTheUpperHalfOfItsStep(
      @ForAll @LongRange(min = 1, max = 100_000) long firstMillis,
      @ForAll @LongRange(min = 1, max = 100_000) long factor,
      @ForAll @IntRange(min = 0, max = 200) int attempt,
      @ForAll long seed) {
    Duration first = Duration.ofMillis(firstMillis);
    Duration longest = first.multipliedBy(factor);
    Backoff backoff = new Backoff(first, longest, new Random(seed));
    for (int i = 0; i < attempt; i++) {
      backoff.next();
    }
    double step =
        Math.min((double) longest.toNanos(), first.toNanos() * Math.pow(2, Math.min(attempt, 62)));
    double pause = (double) backoff.next().toNanos();
    assertTrue(pause >= Math.floor(step / 2) - 1, pause + " < half of " + step);
    assertTrue(pause <= step, pause + " > " + step);
  }

  @Property
  void afterResetItBeginsAgain(@ForAll @IntRange(min = 1, max = 50) int attempts) {
    Backoff backoff = new Backoff(Duration.ofMillis(8), Duration.ofHours(1), smallest());
    for (int i = 0; i < attempts; i++) {
      backoff.next();
    }
    backoff.reset();
    assertEquals(Duration.ofMillis(4), backoff.next());
    assertEquals(Duration.ofMillis(8), backoff.next());
  }

  private static RandomGenerator smallest() {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public long nextLong(long bound) {
        return 0;
      }
    };
  }
}
