package io.mqttsentinel.pattern;

/**
 * Shortens what repeats itself over and over. Where a stretch is the same few bytes again and
 * again, matching all of it tells no more than matching its beginning, and hostile payloads are
 * made so: they cost engines most. Short texts stay as they are.
 */
final class Repetition {

  /** Texts up to this length are not looked at. */
  static final int SHORTEST = 8 * 1024;

  /** Bytes kept of a repeating stretch; more than any sensible pattern counts. */
  static final int KEPT = 2 * 1024;

  private static final int LONGEST_PERIOD = 128;
  private static final int STEP = 256;
  private static final int PROBE = 16;

  private Repetition() {}

  /** Writes the text without long repetitions; false, and nothing of use, where it has none. */
  static boolean shorten(byte[] text, int length, ByteBuilder out) {
    if (length < SHORTEST) {
      return false;
    }
    int copied = 0;
    int at = 0;
    while (at + LONGEST_PERIOD + PROBE < length) {
      int period = period(text, at);
      int end = period == 0 ? at : end(text, at, period, length);
      if (end - at <= 2 * KEPT) {
        at = Math.max(end - LONGEST_PERIOD, at + STEP);
        continue;
      }
      // Whole periods go, so that what follows stands where it would.
      int dropped = (end - at - KEPT) / period * period;
      out.add(text, copied, end - dropped);
      copied = end;
      at = end;
    }
    if (copied == 0) {
      return false;
    }
    out.add(text, copied, length);
    return true;
  }

  /** After how many bytes the next ones come again; 0 for not soon. */
  private static int period(byte[] text, int at) {
    for (int period = 1; period <= LONGEST_PERIOD; period++) {
      if (text[at + period] == text[at] && repeats(text, at, period)) {
        return period;
      }
    }
    return 0;
  }

  private static boolean repeats(byte[] text, int at, int period) {
    for (int i = 0; i < PROBE; i++) {
      if (text[at + i] != text[at + i + period]) {
        return false;
      }
    }
    return true;
  }

  private static int end(byte[] text, int at, int period, int length) {
    int end = at + period;
    while (end < length && text[end] == text[end - period]) {
      end++;
    }
    return end;
  }
}
