package io.mqttsentinel.bridge;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts: each step is twice the one before, up to the longest. Half of a step is
 * certain, the other half is chance, so that many clients do not come back at once.
 */
final class Backoff {

  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private Duration step;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
    this.step = first;
  }

  Duration next() {
    long half = step.toNanos() / 2;
    Duration pause = Duration.ofNanos(half + random.nextLong(half + 1));
    // Compared with the half, so that a step never grows beyond what a long can hold.
    step = step.compareTo(longest.dividedBy(2)) >= 0 ? longest : step.multipliedBy(2);
    return pause;
  }

  void reset() {
    step = first;
  }
}
