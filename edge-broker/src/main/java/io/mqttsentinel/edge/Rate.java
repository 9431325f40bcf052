package io.mqttsentinel.edge;

import java.time.Duration;

/**
 * How much of something may come in a second, and how much of it at once. A bucket is one number,
 * the time at which it is empty again (generic cell rate algorithm, ITU-T I.371), so that it costs
 * eight bytes and no lock.
 *
 * @param nanosEach what one unit adds to the bucket
 * @param nanosDeep what the bucket holds
 */
record Rate(double nanosEach, long nanosDeep) {

  private static final double SECOND = 1e9;

  static Rate of(double perSecond, Duration burst) {
    return new Rate(SECOND / perSecond, Math.max(burst.toNanos(), (long) (SECOND / perSecond)));
  }

  /**
   * What the bucket becomes with so much more in it, or, negative, how many nanoseconds it takes
   * until there is room. Into an empty bucket goes what is larger than itself: it has to go by some
   * day.
   *
   * @param now never less than 0
   */
  long add(long bucket, long now, long amount) {
    long start = Math.max(bucket, now);
    long after = start + (long) (amount * nanosEach);
    boolean fits = start == now || after - now <= nanosDeep;
    return fits ? after : -(after - now - nanosDeep);
  }
}
