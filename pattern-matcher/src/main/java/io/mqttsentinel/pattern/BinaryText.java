package io.mqttsentinel.pattern;

/**
 * The readable stretches of a binary payload: the texts inside CBOR, protocol buffers and the like.
 * Only these are decoded further; what is left of an image or a firmware is noise.
 */
final class BinaryText {

  private static final int SHORTEST = 8;
  private static final int SAMPLE = 1024;
  private static final int LEAST_UNREADABLE = 5;

  private BinaryText() {}

  /** Adds all stretches of printable ASCII, a separator behind each. */
  static void extract(byte[] bytes, int length, ByteBuilder out) {
    int from = 0;
    for (int i = 0; i <= length; i++) {
      if (i < length && isPrintable(bytes[i])) {
        continue;
      }
      if (i - from >= SHORTEST) {
        out.add(bytes, from, i);
        out.add(JsonStrings.SEPARATOR);
      }
      from = i + 1;
    }
  }

  /** Whether at least one byte in five, of a sample spread over all, is not printable. */
  static boolean isNoise(byte[] bytes, int length) {
    int step = length / SAMPLE + 1;
    int looked = 0;
    int printable = 0;
    for (int i = 0; i < length; i += step) {
      looked++;
      printable += isPrintable(bytes[i]) ? 1 : 0;
    }
    return (looked - printable) * LEAST_UNREADABLE >= looked;
  }

  private static boolean isPrintable(byte b) {
    return (b >= ' ' && b < 0x7f) || b == '\n' || b == '\r' || b == '\t';
  }
}
