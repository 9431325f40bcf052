package io.mqttsentinel.bridge;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How many records are on their way to Kafka, and no more than a limit. */
final class InFlight {

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
