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

  private static final byte VERSION = 1;
  private static final int SIZE = 1 + 2 * Long.BYTES + BUCKETS * Integer.BYTES;

  private final int[] counts = new int[BUCKETS];
  private long newest = Long.MIN_VALUE;
  private long raisedAt = Long.MIN_VALUE;

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
    if (newest == Long.MIN_VALUE || bucket - newest >= BUCKETS) {
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

  /** Whether a finding is due: none was raised within the last window. Notes that it is raised. */
  boolean raise(long at, long window) {
    if (raisedAt != Long.MIN_VALUE && Math.abs(at - raisedAt) < window) {
      return false;
    }
    raisedAt = at;
    return true;
  }

  /** Whether a crash should not forget it. */
  boolean isBusy(int limit) {
    return total() * 10L >= limit;
  }

  /** Whether nothing was counted since then. */
  boolean isOlderThan(long millis, long window) {
    return newest < Math.floorDiv(millis * BUCKETS, window);
  }

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(SIZE).put(VERSION).putLong(newest).putLong(raisedAt);
    for (int count : counts) {
      out.putInt(count);
    }
    return out.array();
  }

  /** What an older or newer version wrote is worth no more than a second of counting. */
  static Pace fromBytes(byte[] bytes) {
    Pace pace = new Pace();
    if (bytes == null || bytes.length != SIZE || bytes[0] != VERSION) {
      return pace;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 1, SIZE - 1);
    pace.newest = in.getLong();
    pace.raisedAt = in.getLong();
    for (int i = 0; i < BUCKETS; i++) {
      pace.counts[i] = in.getInt();
    }
    return pace;
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
