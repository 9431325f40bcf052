package io.mqttsentinel.pattern;

import java.util.Arrays;

/**
 * The parts of a view that some program behind reads each for itself: the pieces between
 * separators, and of a piece that is a JSON text its strings. Strings with escapes are left out:
 * another view has them without. Where more stands between the strings than JSON has there, the
 * piece as a whole is a part as well.
 */
final class Segments {

  private static final byte[] NOT_PLAIN = new byte[256];

  /** What can stand outside the strings of JSON, a bit each; numbers and words are values. */
  private static final int START = 1;

  private static final int OPEN = 2;
  private static final int NEXT = 4;
  private static final int CLOSE = 8;
  private static final int VALUE = 16;
  private static final int SPACE = 32;
  private static final int OTHER = 64;

  private static final byte[] KIND = new byte[256];
  private static final String[] WORDS = {"true", "false", "null", "NaN", "nan", "Infinity"};

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
    Arrays.fill(KIND, (byte) OTHER);
    kind(OPEN, "{[");
    kind(NEXT, ",:");
    kind(CLOSE, "}]");
    kind(VALUE, "\"-0123456789tfnNI");
    kind(SPACE, " \t\r\n");
  }

  private byte[] text;
  private int length;

  private int piece;
  private int pieceEnd;
  private boolean plainPiece;
  private int at;
  private boolean json;

  /** What stands before {@code at} in a JSON text, white space and strings' content aside. */
  private int before;

  private boolean strange;
  private boolean allJson;
  private int from;
  private int to;
  private boolean plain;

  void reset(byte[] bytes, int count) {
    text = bytes;
    length = count;
    at = 0;
    pieceEnd = -1;
    json = false;
    allJson = true;
  }

  /** Goes to the next part; false where there is none. */
  boolean next() {
    while (true) {
      if (json && nextString()) {
        return true;
      }
      if (json && strange) {
        json = false;
        allJson = false;
        return whole();
      }
      if (pieceEnd >= length) {
        return false;
      }
      begin(pieceEnd + 1);
      if (!json && pieceEnd > piece) {
        allJson = false;
        return whole();
      }
    }
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

  /** Whether all pieces of a text are JSON and nothing else. */
  boolean areJson(byte[] bytes, int count) {
    reset(bytes, count);
    while (allJson && next()) {
      // To the end, or to the first piece that is more.
    }
    return allJson;
  }

  private static void kind(int kind, String characters) {
    for (int i = 0; i < characters.length(); i++) {
      KIND[characters.charAt(i)] = (byte) kind;
    }
  }

  private void begin(int start) {
    piece = start;
    at = start;
    before = START;
    strange = false;
    int end = start;
    int all = 0;
    while (end < length && text[end] != JsonStrings.SEPARATOR) {
      all |= NOT_PLAIN[text[end++] & 0xff];
    }
    plainPiece = all == 0;
    pieceEnd = end;
    json = isJson(start, end);
  }

  private boolean whole() {
    from = piece;
    to = pieceEnd;
    plain = plainPiece;
    return true;
  }

  private boolean nextString() {
    while (at < pieceEnd) {
      byte c = text[at];
      if (c != '"') {
        outside(c);
        continue;
      }
      strange |= (before & (START | OPEN | NEXT)) == 0;
      before = VALUE;
      from = ++at;
      boolean escaped = false;
      int all = 0;
      while (at < pieceEnd && text[at] != '"') {
        if (text[at] == '\\') {
          escaped = true;
          at++;
        } else {
          all |= NOT_PLAIN[text[at] & 0xff];
        }
        at++;
      }
      plain = all == 0;
      strange |= at >= pieceEnd;
      to = Math.min(at++, pieceEnd);
      if (!escaped && to > from) {
        return true;
      }
    }
    return false;
  }

  /** Texts may follow each other, as lines of a log do; commas may be too many. */
  private void outside(byte c) {
    int kind = KIND[c & 0xff];
    int allowed =
        switch (kind) {
          case SPACE -> -1;
          case OPEN -> START | OPEN | NEXT | CLOSE;
          case NEXT -> VALUE | CLOSE;
          case CLOSE -> OPEN | NEXT | VALUE | CLOSE;
          case VALUE -> START | OPEN | NEXT;
          default -> 0;
        };
    strange |= (allowed & before) == 0;
    if (kind == VALUE) {
      int end = Signals.isLetter(c) ? wordEnd() : numberEnd();
      strange |= end == at;
      at = Math.max(end, at + 1);
    } else {
      at++;
    }
    before = kind == SPACE ? before : kind;
  }

  private int wordEnd() {
    for (String word : WORDS) {
      if (at + word.length() <= pieceEnd && isWord(word)) {
        return at + word.length();
      }
    }
    return at;
  }

  private boolean isWord(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (text[at + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Behind a number as RFC 8259 has it, zeros in front allowed; where it begins if it is none. */
  private int numberEnd() {
    int end = digits(text[at] == '-' ? at + 1 : at);
    if (end == at || text[end - 1] == '-') {
      return at;
    }
    if (end < pieceEnd && text[end] == '.') {
      end = digits(end + 1);
    }
    if (end < pieceEnd && (text[end] | 0x20) == 'e') {
      boolean signed = end + 1 < pieceEnd && (text[end + 1] == '+' || text[end + 1] == '-');
      end = digits(signed ? end + 2 : end + 1);
    }
    return end;
  }

  private int digits(int start) {
    int end = start;
    while (end < pieceEnd && SqlTokenizer.isDigit(text[end])) {
      end++;
    }
    return end;
  }

  /** Stricter than the normaliser's look: a fragment of a query can begin with a quote too. */
  private boolean isJson(int start, int end) {
    int first = skipSpace(text, start, end);
    if (first >= end - 1) {
      return false;
    }
    int second = skipSpace(text, first + 1, end);
    byte next = second < end ? text[second] : 0;
    return switch (text[first]) {
      case '{' -> next == '"' || next == '}';
      case '[' ->
          next == '"'
              || next == '{'
              || next == '['
              || next == ']'
              || next == '-'
              || SqlTokenizer.isDigit(next);
      case '"' -> isOneString(text, first + 1, end);
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
