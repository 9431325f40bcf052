package io.mqttsentinel.pattern;

import java.util.Arrays;

/**
 * Base64 (both alphabets) and hexadecimal inside a text. A run is decoded only where the result
 * reads as text: identifiers and checksums do not.
 */
final class EncodedRuns {

  private static final int PROBE = 32;
  private static final int ALIGNMENTS = 4;
  private static final int MOST_PARTS = 4;
  private static final byte[] BASE64 = new byte[256];

  static {
    Arrays.fill(BASE64, (byte) -1);
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
    if (kind == Signals.HEX) {
      hexRuns(text, length, out);
    } else {
      base64Runs(text, length, out);
    }
    // What was decoded last ends where the view ends.
    int last = out.length() - 1;
    if (last >= 0 && out.bytes()[last] == JsonStrings.SEPARATOR) {
      out.shorten(last);
    }
  }

  /** What a character of base64 stands for, negative for none. */
  static int sextet(byte c) {
    return BASE64[c & 0xff];
  }

  private static void hexRuns(byte[] text, int length, ByteBuilder out) {
    int from = 0;
    for (int i = 0; i <= length; i++) {
      if (i < length && Signals.isHex(text[i])) {
        continue;
      }
      if (i - from >= Signals.SHORTEST_HEX_RUN) {
        // Of an odd number the first may be the end of a word in front.
        hex(text, from + ((i - from) & 1), i, out);
      } else if (isShort(text, from, i, length, Signals.HEX)) {
        ShortCodes.decode(text, from, i, true, out);
        out.add(JsonStrings.SEPARATOR);
      }
      from = i + 1;
    }
  }

  private static void base64Runs(byte[] text, int length, ByteBuilder out) {
    int from = 0;
    for (int i = 0; i <= length; i++) {
      if (i < length && Signals.isRun(text[i])) {
        continue;
      }
      int padding = Signals.padding(text, i, length);
      if (isShort(text, from, i, length, Signals.BASE64)) {
        ShortCodes.decode(text, from, i, false, out);
        out.add(JsonStrings.SEPARATOR);
      } else if (i - from + padding >= Signals.SHORTEST_RUN
          && Signals.isBase64(text, from, i, padding)) {
        base64(text, from, i, out);
      }
      from = i + 1;
    }
  }

  private static boolean isShort(byte[] text, int from, int to, int length, int kind) {
    return to - from >= ShortCodes.SHORTEST && (ShortCodes.of(text, from, to, length) & kind) != 0;
  }

  private static void hex(byte[] text, int from, int to, ByteBuilder out) {
    int start = out.length();
    for (int i = from; i + 1 < to; i += 2) {
      out.add(Escapes.number(text, i, 2));
      if (out.length() - start == PROBE && !isWorthwhile(out, start)) {
        break;
      }
    }
    keepReadable(out, start);
  }

  /**
   * Something in front may belong to the run by its letters alone: tries each alignment, and behind
   * the signs that also part words.
   */
  private static void base64(byte[] text, int from, int to, ByteBuilder out) {
    int tries = to - from >= 2 * Signals.SHORTEST_RUN ? ALIGNMENTS : 1;
    for (int shift = 0; shift < tries; shift++) {
      if (base64At(text, from + shift, to, out)) {
        return;
      }
    }
    int parts = 0;
    for (int i = from; i < to && parts < MOST_PARTS; i++) {
      if (BASE64[text[i] & 0xff] >= BASE64['+'] && to - i > Signals.SHORTEST_RUN) {
        parts++;
        if (base64At(text, i + 1, to, out)) {
          return;
        }
      }
    }
  }

  private static boolean base64At(byte[] text, int from, int to, ByteBuilder out) {
    int start = out.length();
    int probe = Math.min(to, from + (PROBE * 4 + 2) / 3);
    groups(text, from, probe, out);
    if (probe < to) {
      if (!isWorthwhile(out, start)) {
        out.shorten(start);
        return false;
      }
      out.shorten(start);
      out.reserve((to - from) / 4 * 3 + 3);
      groups(text, from, to, out);
    }
    return keepReadable(out, start);
  }

  private static void groups(byte[] text, int from, int to, ByteBuilder out) {
    int i = from;
    for (; i + 3 < to && !out.isCut(); i += 4) {
      int group =
          BASE64[text[i]] << 18
              | BASE64[text[i + 1]] << 12
              | BASE64[text[i + 2]] << 6
              | BASE64[text[i + 3]];
      out.addThree(group);
    }
    int left = to - i;
    if (left >= 2 && !out.isCut()) {
      int group = BASE64[text[i]] << 12 | BASE64[text[i + 1]] << 6;
      group |= left == 3 ? BASE64[text[i + 2]] : 0;
      out.add(group >> 10);
      if (left == 3) {
        out.add(group >> 2);
      }
    }
  }

  private static boolean isWorthwhile(ByteBuilder out, int start) {
    return isReadable(out, start)
        || isWide(out, start)
        || Inflation.isCompressed(out.bytes(), start, out.length());
  }

  private static boolean keepReadable(ByteBuilder out, int start) {
    int length = out.length() - start;
    boolean compressed = length >= 12 && Inflation.isCompressed(out.bytes(), start, out.length());
    if (!compressed && (length < 8 || !isWide(out, start))) {
      return keepText(out, start);
    }
    byte[] container = Arrays.copyOfRange(out.bytes(), start, out.length());
    out.shorten(start);
    boolean all = compressed && Inflation.decode(container, length, out);
    if (!compressed) {
      WideText.decode(container, length, out);
    }
    keepText(out, start);
    if (!all) {
      // It may only look like a container, or go on behind one.
      int rest = out.length();
      out.add(container, 0, length);
      if (!keepText(out, rest)) {
        BinaryText.extract(container, length, out);
      }
    }
    return out.length() > start;
  }

  private static boolean keepText(ByteBuilder out, int start) {
    if (out.length() - start < 4 || !isReadable(out, start)) {
      out.shorten(start);
      return false;
    }
    out.add(JsonStrings.SEPARATOR);
    return true;
  }

  /** UTF-16 of ASCII, either byte order, as far as the beginning tells. */
  private static boolean isWide(ByteBuilder out, int start) {
    int zeros = 0;
    int probe = Math.min(out.length() - start, PROBE);
    for (int i = start; i < start + probe; i++) {
      zeros += out.bytes()[i] == 0 ? 1 : 0;
    }
    return zeros * 5 >= probe * 2 && zeros * 5 <= probe * 3;
  }

  /**
   * Nearly all bytes are printable ASCII, white space or well-formed characters beyond; no more
   * than a quarter are of other characters.
   */
  private static boolean isReadable(ByteBuilder out, int start) {
    int strange = 0;
    int beyond = 0;
    byte[] bytes = out.bytes();
    for (int i = start; i < out.length(); i++) {
      int b = bytes[i];
      if (b < 0) {
        int more = WellFormed.following(bytes, i, out.length());
        beyond += more == 0 ? 1 : 0;
        i += more;
      } else if ((b < ' ' && b != '\n' && b != '\r' && b != '\t') || b == 0x7f) {
        strange++;
      }
    }
    int length = out.length() - start;
    return strange * 20 <= length && beyond * 4 <= length;
  }
}
