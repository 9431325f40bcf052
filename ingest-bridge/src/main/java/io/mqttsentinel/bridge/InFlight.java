package io.mqttsentinel.bridge;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How many records are on their way to Kafka, and no more than a limit. */
final class InFlight {

  private static final long GLANCE_MILLIS = 100;

  private final int limit;
  private final Semaphore free;

  InFlight(int limit) {
    this.limit = limit;
    this.free = new Semaphore(limit);
  }

  /** False where the limit is reached. */
  boolean enter() {
    return free.tryAcquire();
  }

  /** Waits for a place as long as {@code wanted} says so; false where it no longer does. */
  boolean enter(BooleanSupplier wanted) {
    try {
      while (wanted.getAsBoolean()) {
        if (free.tryAcquire(GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  void leave() {
    free.release();
  }

  int count() {
    return limit - free.availablePermits();
  }

  /** Waits until none is left; false if that takes longer than {@code time}. */
  boolean awaitNone(Duration time) throws InterruptedException {
    if (!free.tryAcquire(limit, time.toNanos(), TimeUnit.NANOSECONDS)) {
      return false;
    }
    free.release(limit);
    return true;
  }
}
