package io.mqttsentinel.edge;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Buckets for any number of keys in a fixed piece of memory, without a lock. Each key has one
 * bucket in each of two rows, which it shares with others by chance; it is refused where both are
 * full. So a flood hurts a stranger only if it hits both of his, and nobody can foresee which they
 * are.
 */
final class SharedBuckets {

  private final AtomicLongArray buckets;
  private final Rate rate;
  private final int row;
  private final long seed = ThreadLocalRandom.current().nextLong() | 1;

  /**
   * @param row buckets in a row; a power of two
   */
  SharedBuckets(Rate rate, int row) {
    this.rate = rate;
    this.row = row;
    this.buckets = new AtomicLongArray(2 * row);
  }

  /** Takes one for this key, see {@link #take(long, long, long)}. */
  long take(long key, long now) {
    return take(key, now, 1);
  }

  /**
   * Takes so many for this key, or none.
   *
   * @return 0, or how many nanoseconds it takes until there are so many
   */
  long take(long key, long now, long amount) {
    long hash = mix(key * seed + seed);
    long first = takeFrom(first(hash), now, amount);
    long second = takeFrom(second(hash), now, amount);
    return Math.min(first, second);
  }

  /** Whether there is none to take for this key. */
  boolean isEmpty(long key, long now) {
    long hash = mix(key * seed + seed);
    return rate.add(buckets.get(first(hash)), now, 1) < 0
        && rate.add(buckets.get(second(hash)), now, 1) < 0;
  }

  private int first(long hash) {
    return (int) (hash & (row - 1));
  }

  private int second(long hash) {
    return row + (int) ((hash >>> 32) & (row - 1));
  }

  private long takeFrom(int bucket, long now, long amount) {
    while (true) {
      long current = buckets.get(bucket);
      long next = rate.add(current, now, amount);
      if (next < 0) {
        return -next;
      }
      if (buckets.compareAndSet(bucket, current, next)) {
        return 0;
      }
    }
  }

  /** Stafford's variant 13, the finalizer of SplittableRandom. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
