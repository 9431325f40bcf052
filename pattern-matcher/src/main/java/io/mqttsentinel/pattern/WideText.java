package io.mqttsentinel.pattern;

/** ASCII written as UTF-16, either byte order. */
final class WideText {

  private static final int PROBE = 64;

  private WideText() {}

  /** Writes the text without its zero bytes, if nearly every second byte is zero. */
  static void decode(byte[] bytes, int length, ByteBuilder out) {
    int[] zeros = new int[2];
    int probe = Math.min(length, PROBE) & ~1;
    for (int i = 0; i < probe; i++) {
      if (bytes[i] == 0) {
        zeros[i & 1]++;
      }
    }
    int wide = zeros[0] > zeros[1] ? 0 : 1;
    if (probe < 8 || zeros[wide] * 5 < probe / 2 * 4 || zeros[1 - wide] * 5 > probe / 2) {
      return;
    }
    for (int i = 1 - wide; i < length; i += 2) {
      int other = i ^ 1;
      out.add(other >= length || bytes[other] == 0 ? bytes[i] : '?');
    }
  }
}
