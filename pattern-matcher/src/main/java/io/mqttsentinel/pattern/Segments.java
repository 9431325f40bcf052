package io.mqttsentinel.pattern;

import java.util.Arrays;

/**
 * The parts of a view that some program behind reads each for itself: the strings of a JSON text,
 * the pieces between separators of any other. Strings with escapes are left out: another view has
 * them without.
 */
final class Segments {

  private static final byte[] NOT_PLAIN = new byte[256];

  static {
    Arrays.fill(NOT_PLAIN, (byte) 1);
    for (int c = 0; c < 128; c++) {
      if (Signals.isWord(c)) {
        NOT_PLAIN[c] = 0;
      }
    }
    for (char c : "_-.,".toCharArray()) {
      NOT_PLAIN[c] = 0;
    }
  }

  private byte[] text;
  private int length;
  private int at;
  private boolean json;
  private int from;
  private int to;
  private boolean plain;

  void reset(byte[] bytes, int count) {
    text = bytes;
    length = count;
    at = 0;
    json = isJson(bytes, count);
  }

  /** Goes to the next part; false where there is none. */
  boolean next() {
    return json ? nextString() : nextPiece();
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /** A single word, number or name: neither a statement nor markup. */
  boolean isPlain() {
    return plain;
  }

  private boolean nextPiece() {
    while (at < length) {
      from = at;
      int all = 0;
      while (at < length && text[at] != JsonStrings.SEPARATOR) {
        all |= NOT_PLAIN[text[at] & 0xff];
        at++;
      }
      plain = all == 0;
      to = at++;
      if (to > from) {
        return true;
      }
    }
    return false;
  }

  private boolean nextString() {
    while (at < length) {
      if (text[at++] != '"') {
        continue;
      }
      from = at;
      boolean escaped = false;
      int all = 0;
      while (at < length && text[at] != '"') {
        if (text[at] == '\\') {
          escaped = true;
          at++;
        } else {
          all |= NOT_PLAIN[text[at] & 0xff];
        }
        at++;
      }
      plain = all == 0;
      to = Math.min(at++, length);
      if (!escaped && to > from) {
        return true;
      }
    }
    return false;
  }

  /** Stricter than the normaliser's look: a fragment of a query can begin with a quote too. */
  private static boolean isJson(byte[] text, int length) {
    int first = skipSpace(text, 0, length);
    if (first >= length - 1) {
      return false;
    }
    int second = skipSpace(text, first + 1, length);
    byte next = second < length ? text[second] : 0;
    return switch (text[first]) {
      case '{' -> next == '"' || next == '}';
      case '[' ->
          next == '"'
              || next == '{'
              || next == '['
              || next == ']'
              || next == '-'
              || SqlTokenizer.isDigit(next);
      case '"' -> isOneString(text, first + 1, length);
      default -> false;
    };
  }

  private static boolean isOneString(byte[] text, int from, int length) {
    int at = from;
    while (at < length && text[at] != '"') {
      at += text[at] == '\\' ? 2 : 1;
    }
    return skipSpace(text, at + 1, length) >= length && at < length;
  }

  private static int skipSpace(byte[] text, int from, int length) {
    int at = from;
    while (at < length && text[at] <= ' ' && text[at] >= 0) {
      at++;
    }
    return at;
  }
}
