package io.mqttsentinel.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Polls until something is true; the limit is generous, because machines are slow. */
public final class Await {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final long PAUSE_NANOS = 20_000_000;

  private Await() {}

  /**
   * Waits for a condition.
   *
   * @throws AssertionError naming what was awaited, after three minutes
   */
  public static void until(String what, Callable<Boolean> condition) {
    value(what, () -> condition.call(), done -> done);
  }

  /**
   * Waits for a value that fits.
   *
   * @throws AssertionError naming what was awaited and the last value, after three minutes
   */
  public static <T> T value(String what, Callable<T> source, Predicate<T> fits) {
    long end = System.nanoTime() + LIMIT.toNanos();
    Object last;
    do {
      try {
        T value = source.call();
        if (value != null && fits.test(value)) {
          return value;
        }
        last = value;
      } catch (Exception e) { // not there yet; shown if it never comes
        last = e;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    } while (System.nanoTime() < end);
    throw new AssertionError("waited %s for %s, last: %s".formatted(LIMIT, what, last));
  }

  /** Asserts that a condition stays true for a while; for "does not arrive". */
  public static void staysTrue(String what, Duration time, Supplier<Boolean> condition) {
    long end = System.nanoTime() + time.toNanos();
    do {
      if (!condition.get()) {
        throw new AssertionError("no longer true: " + what);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    } while (System.nanoTime() < end);
  }
}
