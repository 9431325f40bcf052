package io.mqttsentinel.pattern;

import java.util.Arrays;

/** Which patterns occur, and about where; reused from scan to scan. */
final class PatternHits {

  private final long[] words;
  private final int[] ends;
  private boolean any;
  private boolean complete = true;
  private int base;

  PatternHits(int patterns) {
    ends = new int[patterns];
    words = new long[(patterns + Long.SIZE - 1) / Long.SIZE];
  }

  void clear() {
    if (any) {
      Arrays.fill(words, 0);
      any = false;
    }
    complete = true;
    base = 0;
  }

  /** What is added from now on is found in a part that begins there in the text. */
  void placedAt(int start) {
    base = start;
  }

  /**
   * @param end bytes from the start of the text to the end of one match
   */
  void add(int pattern, int end) {
    ends[pattern] = base + end;
    words[pattern / Long.SIZE] |= 1L << (pattern % Long.SIZE);
    any = true;
  }

  boolean has(int pattern) {
    return (words[pattern / Long.SIZE] & 1L << (pattern % Long.SIZE)) != 0;
  }

  /** Where the match of a hit ends. Engines may report different ones of several matches. */
  int end(int pattern) {
    return ends[pattern];
  }

  boolean any() {
    return any;
  }

  /** The first hit from {@code from} on, or -1. */
  int next(int from) {
    for (int word = from / Long.SIZE; word < words.length; word++) {
      long rest = words[word];
      if (word == from / Long.SIZE) {
        rest &= -1L << (from % Long.SIZE);
      }
      if (rest != 0) {
        return word * Long.SIZE + Long.numberOfTrailingZeros(rest);
      }
    }
    return -1;
  }

  /** The engine ended before it had tried everything. */
  void incomplete() {
    complete = false;
  }

  boolean isComplete() {
    return complete;
  }
}
