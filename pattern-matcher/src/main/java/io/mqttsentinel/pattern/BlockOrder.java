package io.mqttsentinel.pattern;

import java.util.Arrays;

/**
 * Where to look first in a text that is too long to be looked at as a whole: at the blocks that
 * differ from the others. A log, a batch of measurements and a flood of one attack are alike from
 * end to end; what was hidden in them is not. Told by the punctuation and what stands behind it,
 * digits all alike. Features are sets of bits, and how many blocks have each is counted for 64 at
 * once: this must cost little against what it decides on. Used by one thread at a time.
 */
final class BlockOrder {

  static final int BLOCK = 2 * 1024;

  private static final int BITS = 12;
  private static final int WORDS = (1 << BITS) / Long.SIZE;
  private static final int GRAM = 3;

  /** Of so many blocks a feature may occur in one more and still be rare. */
  private static final int RARE = 64;

  private static final byte[] FOLD = new byte[256];

  /** One for bytes of punctuation, zero for those of words: a branch would be taken at random. */
  private static final long[] PUNCTUATION = new long[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean digit = c >= '0' && c <= '9';
      FOLD[c] = (byte) (digit ? '0' : c >= 'A' && c <= 'Z' ? c | 0x20 : c);
      PUNCTUATION[c] = Signals.isWord(c) ? 0 : 1;
    }
  }

  private long[] features = new long[0];

  /** Of a text of that length. */
  static int blocks(int length) {
    return (length + BLOCK - 1) / BLOCK;
  }

  /** The numbers of all blocks, those first that differ most. */
  int[] of(byte[] text) {
    int blocks = blocks(text.length);
    features = features.length < blocks * WORDS ? new long[blocks * WORDS] : features;
    Arrays.fill(features, 0, blocks * WORDS, 0);
    for (int block = 0; block < blocks; block++) {
      collect(text, block);
    }
    int[] scores = new int[blocks];
    for (int word = 0; word < WORDS; word++) {
      long rare = rare(word, blocks, 1 + blocks / RARE);
      for (int block = 0; block < blocks; block++) {
        scores[block] += Long.bitCount(features[block * WORDS + word] & rare);
      }
    }
    long[] scored = new long[blocks];
    for (int block = 0; block < blocks; block++) {
      // Sorts the highest score first, and among the same ones the first block.
      scored[block] = ((long) -scores[block] << Integer.SIZE) + block;
    }
    Arrays.sort(scored);
    return Arrays.stream(scored).mapToInt(score -> (int) score).toArray();
  }

  private void collect(byte[] text, int block) {
    int end = Math.min(text.length, (block + 1) * BLOCK) - GRAM;
    int first = block * WORDS;
    for (int i = block * BLOCK; i < end; i++) {
      int gram =
          (FOLD[text[i] & 0xff] & 0xff)
              | (FOLD[text[i + 1] & 0xff] & 0xff) << 8
              | (FOLD[text[i + 2] & 0xff] & 0xff) << 16;
      int bucket = (gram * 0x9E3779B1) >>> (Integer.SIZE - BITS);
      features[first + bucket / Long.SIZE] |= PUNCTUATION[text[i] & 0xff] << bucket;
    }
  }

  /** Which of 64 features occur in no more than {@code most} blocks. */
  private long rare(int word, int blocks, int most) {
    // Bit b of ofCount[i] is bit i of the number of blocks that have feature b.
    long[] ofCount = new long[Integer.SIZE - Integer.numberOfLeadingZeros(most) + 1];
    long over = 0;
    for (int block = 0; block < blocks; block++) {
      long carry = features[block * WORDS + word] & ~over;
      for (int i = 0; i < ofCount.length && carry != 0; i++) {
        long sum = ofCount[i] ^ carry;
        carry &= ofCount[i];
        ofCount[i] = sum;
      }
      over |= above(ofCount, most);
    }
    return ~over;
  }

  /** Which of 64 counts, bit-sliced, are above a number. */
  private static long above(long[] ofCount, int number) {
    long above = 0;
    long equal = -1;
    for (int i = ofCount.length - 1; i >= 0; i--) {
      if ((number >> i & 1) == 0) {
        above |= equal & ofCount[i];
        equal &= ~ofCount[i];
      } else {
        equal &= ofCount[i];
      }
    }
    return above;
  }
}
