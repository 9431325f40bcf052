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

  /**
   * Takes one for this key.
   *
   * @return 0, or how many nanoseconds it takes until there is one
   */
  long take(long key, long now) {
    long hash = mix(key * seed + seed);
    long first = take(first(hash), now);
    long second = take(second(hash), now);
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

  private long take(int bucket, long now) {
    while (true) {
      long current = buckets.get(bucket);
      long next = rate.add(current, now, 1);
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
