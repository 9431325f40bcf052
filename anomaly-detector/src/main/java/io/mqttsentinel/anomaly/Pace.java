package io.mqttsentinel.anomaly;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How many messages a client published in the last window: ten buckets that slide, so that a burst
 * across a border counts whole. Counts at most the messages of one window, and at least those of
 * nine tenths of it.
 */
final class Pace {

  static final int BUCKETS = 10;

  /** What comes so many buckets late says that the clock was wrong before. */
  private static final int LATE = 60 * BUCKETS;

  private static final int MOST_STORED = 255;

  private final int[] counts = new int[BUCKETS];
  private long newest = Long.MIN_VALUE;

  /**
   * Counts a message.
   *
   * @param at milliseconds
   * @param window milliseconds
   * @return how many there were in the window that ends with it; a message that comes so late that
   *     its window is gone is not counted
   */
  int count(long at, long window) {
    long bucket = Math.floorDiv(at * BUCKETS, window);
    if (newest == Long.MIN_VALUE || bucket - newest >= BUCKETS || newest - bucket >= LATE) {
      Arrays.fill(counts, 0);
      newest = bucket;
    }
    while (newest < bucket) {
      newest++;
      counts[slot(newest)] = 0;
    }
    if (newest - bucket < BUCKETS) {
      counts[slot(bucket)]++;
    }
    return total();
  }

  /** A bucket of more than 255 is stored as 255: that can delay a finding, and makes none up. */
  void write(ByteBuffer out) {
    out.putLong(newest);
    for (int count : counts) {
      out.put((byte) Math.min(count, MOST_STORED));
    }
  }

  void read(ByteBuffer in) {
    newest = in.getLong();
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] = in.get() & 0xff;
    }
  }

  private int total() {
    int total = 0;
    for (int count : counts) {
      total += count;
    }
    return total;
  }

  private static int slot(long bucket) {
    return Math.floorMod(bucket, BUCKETS);
  }
}
