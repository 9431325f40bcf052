package io.mqttsentinel.pattern;

import java.util.Arrays;

/**
 * Where to look first in a text that is too long to be looked at as a whole: at the blocks that
 * differ from the others. A log, a batch of measurements and a flood of one attack are alike from
 * end to end; what was hidden in them is not. Told by the punctuation and what stands behind it,
 * digits all alike. Used by one thread at a time.
 */
final class BlockOrder {

  static final int BLOCK = 2 * 1024;

  private static final int BUCKETS = 1 << 12;
  private static final int GRAM = 3;

  /** Of so many blocks a feature may occur in one more and still be rare. */
  private static final int RARE = 64;

  private static final byte[] FOLD = new byte[256];
  private static final boolean[] WORD = new boolean[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean digit = c >= '0' && c <= '9';
      FOLD[c] = (byte) (digit ? '0' : c >= 'A' && c <= 'Z' ? c | 0x20 : c);
      WORD[c] = Signals.isWord(c);
    }
  }

  private final short[] counts = new short[BUCKETS];
  private final int[] seenIn = new int[BUCKETS];

  /** The numbers of all blocks, those first that differ most. */
  int[] of(byte[] text) {
    int blocks = (text.length + BLOCK - 1) / BLOCK;
    Arrays.fill(counts, (short) 0);
    Arrays.fill(seenIn, 0);
    for (int block = 0; block < blocks; block++) {
      count(text, block);
    }
    Arrays.fill(seenIn, 0);
    long[] scored = new long[blocks];
    for (int block = 0; block < blocks; block++) {
      // Sorts the highest score first, and among the same ones the first block.
      scored[block] = ((long) -score(text, block, 1 + blocks / RARE) << Integer.SIZE) + block;
    }
    Arrays.sort(scored);
    return Arrays.stream(scored).mapToInt(score -> (int) score).toArray();
  }

  private void count(byte[] text, int block) {
    int end = Math.min(text.length, (block + 1) * BLOCK) - GRAM;
    for (int i = block * BLOCK; i < end; i++) {
      if (!WORD[text[i] & 0xff]) {
        int bucket = bucket(text, i);
        if (seenIn[bucket] != block + 1) {
          seenIn[bucket] = block + 1;
          counts[bucket]++;
        }
      }
    }
  }

  private int score(byte[] text, int block, int rare) {
    int score = 0;
    int end = Math.min(text.length, (block + 1) * BLOCK) - GRAM;
    for (int i = block * BLOCK; i < end; i++) {
      if (!WORD[text[i] & 0xff]) {
        int bucket = bucket(text, i);
        if (seenIn[bucket] != block + 1) {
          seenIn[bucket] = block + 1;
          score += counts[bucket] <= rare ? 1 : 0;
        }
      }
    }
    return score;
  }

  private static int bucket(byte[] text, int i) {
    int gram =
        (FOLD[text[i] & 0xff] & 0xff)
            | (FOLD[text[i + 1] & 0xff] & 0xff) << 8
            | (FOLD[text[i + 2] & 0xff] & 0xff) << 16;
    return (gram * 0x9E3779B1) >>> (Integer.SIZE - 12);
  }
}
