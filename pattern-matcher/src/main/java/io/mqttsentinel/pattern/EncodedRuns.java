package io.mqttsentinel.pattern;

/**
 * Base64 (both alphabets) and hexadecimal inside a text. A run is decoded only where the result
 * reads as text: identifiers and checksums do not.
 */
final class EncodedRuns {

  private static final int PROBE = 32;
  private static final int ALIGNMENTS = 4;
  private static final byte[] BASE64 = new byte[256];

  static {
    java.util.Arrays.fill(BASE64, (byte) -1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < alphabet.length(); i++) {
      BASE64[alphabet.charAt(i)] = (byte) i;
    }
    BASE64['-'] = BASE64['+'];
    BASE64['_'] = BASE64['/'];
  }

  private EncodedRuns() {}

  /** Adds what the runs of one kind ({@link Signals#BASE64} or HEX) decode to. */
  static void decode(byte[] text, int length, int kind, ByteBuilder out) {
    int from = 0;
    for (int i = 0; i <= length; i++) {
      if (i < length && Signals.isRun(text[i])) {
        continue;
      }
      if (i - from >= Signals.SHORTEST_RUN && (Signals.ofRun(text, from, i) & kind) != 0) {
        if (kind == Signals.HEX) {
          hex(text, from, i, out);
        } else {
          base64(text, from, i, out);
        }
      }
      from = i + 1;
    }
  }

  private static void hex(byte[] text, int from, int to, ByteBuilder out) {
    int start = out.length();
    for (int i = from; i + 1 < to; i += 2) {
      out.add(Escapes.number(text, i, 2));
      if (out.length() - start == PROBE && !isReadable(out, start)) {
        break;
      }
    }
    keepReadable(out, start);
  }

  /** Something in front may belong to the run by its letters alone: tries each alignment. */
  private static void base64(byte[] text, int from, int to, ByteBuilder out) {
    int tries = to - from >= 2 * Signals.SHORTEST_RUN ? ALIGNMENTS : 1;
    for (int shift = 0; shift < tries; shift++) {
      int start = out.length();
      int bits = 0;
      int held = 0;
      for (int i = from + shift; i < to; i++) {
        int value = BASE64[text[i] & 0xff];
        if (value < 0) {
          break; // padding
        }
        held = held << 6 | value;
        bits += 6;
        if (bits >= 8) {
          bits -= 8;
          out.add(held >> bits & 0xff);
          if (out.length() - start == PROBE && !isReadable(out, start)) {
            break;
          }
        }
      }
      if (keepReadable(out, start)) {
        return;
      }
    }
  }

  private static boolean keepReadable(ByteBuilder out, int start) {
    if (out.length() - start < 4 || !isReadable(out, start)) {
      out.shorten(start);
      return false;
    }
    out.add(JsonStrings.SEPARATOR);
    return true;
  }

  /** Nine of ten bytes are printable ASCII, white space or of a character beyond; few of those. */
  private static boolean isReadable(ByteBuilder out, int start) {
    int strange = 0;
    int beyond = 0;
    byte[] bytes = out.bytes();
    for (int i = start; i < out.length(); i++) {
      int b = bytes[i];
      if (b < 0) {
        beyond++;
      } else if ((b < ' ' && b != '\n' && b != '\r' && b != '\t') || b == 0x7f) {
        strange++;
      }
    }
    int length = out.length() - start;
    return strange * 20 <= length && beyond * 4 <= length;
  }
}
