package io.mqttsentinel.pattern;

/**
 * Takes a line of comma, semicolon or tab separated values apart (RFC 4180): what reads it sees
 * each value for itself, without its quotes and with doubled quotes as one. The separator is the
 * first that stands outside of quotes.
 */
final class SeparatedValues {

  /** Fewer separators have a sentence or an argument list too. */
  private static final int FEWEST = 2;

  /** Of which an attack needs one, and ordinary values have none. */
  private static final String SUSPICIOUS = "'`|&<>()=#{};!\\^";

  private static final boolean[] IS_SUSPICIOUS = new boolean[128];

  static {
    for (int i = 0; i < SUSPICIOUS.length(); i++) {
      IS_SUSPICIOUS[SUSPICIOUS.charAt(i)] = true;
    }
  }

  private SeparatedValues() {}

  /**
   * Whether to take a text apart: it is no JSON, and a line of it has at least two separators with
   * no space behind them, something beside them that values of telemetry do without, and no name of
   * JSON.
   */
  static boolean occurIn(byte[] text, int length) {
    if (JsonStrings.looksLike(text, length) && text[0] != '"') {
      return false;
    }
    int end;
    for (int from = 0; from < length; from = end + 1) {
      end = endOfLine(text, from, length);
      if (areIn(text, from, end)) {
        return true;
      }
    }
    return false;
  }

  private static boolean areIn(byte[] text, int from, int end) {
    int separator = 0;
    int tight = 0;
    boolean suspicious = false;
    boolean quoted = false;
    for (int i = from; i < end; i++) {
      byte c = text[i];
      if (c == '"') {
        quoted = !quoted;
        // Behind the second of doubled quotes it is JSON in a value, not the line itself.
        if (i + 1 < end && text[i + 1] == ':' && (i == from || text[i - 1] != '"')) {
          return false;
        }
      } else if (c == JsonStrings.SEPARATOR) {
        return false; // taken apart already
      } else if (!quoted && (c == separator || (separator == 0 && isSeparator(c)))) {
        separator = c;
        tight += i + 1 < end && text[i + 1] != ' ' ? 1 : 0;
      } else {
        suspicious |= c >= 0 && IS_SUSPICIOUS[c];
      }
    }
    return suspicious && tight >= FEWEST;
  }

  /** Where the line ends; a value in quotes may have several lines. */
  private static int endOfLine(byte[] text, int from, int length) {
    boolean quoted = false;
    for (int i = from; i < length; i++) {
      if (text[i] == '"') {
        quoted = quoted ? false : i == from || isSeparator(text[i - 1]);
      } else if (text[i] == '\n' && !quoted) {
        return i;
      }
    }
    return length;
  }

  /**
   * Adds the values of the lines that have such to {@code out}, each with a {@link
   * JsonStrings#SEPARATOR} behind it.
   */
  static void join(byte[] text, int length, ByteBuilder out) {
    int end;
    for (int from = 0; from < length; from = end + 1) {
      end = endOfLine(text, from, length);
      if (areIn(text, from, end)) {
        joinLine(text, from, end, out);
      }
    }
  }

  private static void joinLine(byte[] text, int from, int end, ByteBuilder out) {
    int separator = 0;
    int at = from;
    while (at < end) {
      if (text[at] == '"') {
        at = quoted(text, at + 1, end, out);
      }
      for (; at < end; at++) {
        if (text[at] == separator || (separator == 0 && isSeparator(text[at]))) {
          separator = text[at];
          break;
        }
        out.add(text[at]);
      }
      out.add(JsonStrings.SEPARATOR);
      at++;
    }
  }

  /** Adds what stands in quotes; returns the place behind them. */
  private static int quoted(byte[] text, int from, int length, ByteBuilder out) {
    for (int i = from; i < length; i++) {
      if (text[i] == '"') {
        if (i + 1 == length || text[i + 1] != '"') {
          return i + 1;
        }
        i++;
      }
      out.add(text[i]);
    }
    return length;
  }

  private static boolean isSeparator(byte c) {
    return c == ',' || c == ';' || c == '\t';
  }
}
