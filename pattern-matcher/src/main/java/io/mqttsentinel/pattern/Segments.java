package io.mqttsentinel.pattern;

import java.util.Arrays;

/**
 * The parts of a view that some program behind reads each for itself: the pieces between
 * separators, and of a piece that is a JSON text its strings. Strings with escapes are left out:
 * another view has them without. Where more stands between the strings than JSON has there, the
 * piece as a whole is a part as well.
 */
final class Segments {

  /** In the names of things and in numbers. */
  private static final byte PLAIN = 0;

  private static final byte NOT_PLAIN = 1;

  /** Ends a string or a piece, or may. */
  private static final byte STOP = 2;

  private static final byte[] CONTENT = new byte[256];

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
    Arrays.fill(CONTENT, NOT_PLAIN);
    for (int c = 0; c < 128; c++) {
      if (Signals.isWord(c) || "_-.,".indexOf(c) >= 0) {
        CONTENT[c] = PLAIN;
      }
    }
    CONTENT['"'] = STOP;
    CONTENT['\\'] = STOP;
    CONTENT[JsonStrings.SEPARATOR] = STOP;
    Arrays.fill(KIND, (byte) OTHER);
    kind(OPEN, "{[");
    kind(NEXT, ",:");
    kind(CLOSE, "}]");
    kind(VALUE, "\"-0123456789tfnNI");
    kind(SPACE, " \t\r\n");
  }

  private byte[] text;
  private int length;

  /** Where the piece begins that {@code at} is in. */
  private int piece;

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
    json = false;
    allJson = true;
  }

  /** Goes to the next part; false where there is none. */
  boolean next() {
    while (true) {
      if (json) {
        if (nextString()) {
          return true;
        }
        json = false;
        int end = at++;
        if (strange) {
          allJson = false;
          return part(piece, end, false);
        }
      }
      if (at >= length) {
        return false;
      }
      piece = at;
      before = START;
      strange = false;
      json = isJson(at);
      if (!json && piece()) {
        allJson = false;
        return true;
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

  private boolean part(int start, int end, boolean isPlain) {
    from = start;
    to = end;
    plain = isPlain;
    return end > start;
  }

  /** Goes behind the piece; false if it is empty. */
  private boolean piece() {
    int all = 0;
    while (at < length && text[at] != JsonStrings.SEPARATOR) {
      all |= CONTENT[text[at++] & 0xff];
    }
    return part(piece, at++, all == PLAIN);
  }

  /** Goes behind the next string; false at the end of the piece. */
  private boolean nextString() {
    while (at < length && text[at] != JsonStrings.SEPARATOR) {
      if (text[at] != '"') {
        outside(text[at]);
        continue;
      }
      strange |= (before & (START | OPEN | NEXT)) == 0;
      before = VALUE;
      if (string(at + 1)) {
        return true;
      }
    }
    return false;
  }

  /** Goes behind the string; false if it is empty or has escapes. */
  private boolean string(int start) {
    boolean escaped = false;
    int all = 0;
    int i = start;
    while (i < length) {
      int kind = CONTENT[text[i] & 0xff];
      if (kind < STOP) {
        all |= kind;
        i++;
      } else if (text[i] == '\\') {
        escaped = true;
        i += 2;
      } else {
        break;
      }
    }
    int end = Math.min(i, length);
    boolean closed = end < length && text[end] == '"';
    strange |= !closed;
    at = closed ? end + 1 : end;
    return part(start, end, all == PLAIN) && !escaped;
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
      if (at + word.length() <= length && isWord(word)) {
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
    if (end < length && text[end] == '.') {
      end = digits(end + 1);
    }
    if (end < length && (text[end] | 0x20) == 'e') {
      boolean signed = end + 1 < length && (text[end + 1] == '+' || text[end + 1] == '-');
      end = digits(signed ? end + 2 : end + 1);
    }
    return end;
  }

  private int digits(int start) {
    int end = start;
    while (end < length && SqlTokenizer.isDigit(text[end])) {
      end++;
    }
    return end;
  }

  /** Stricter than the normaliser's look: a fragment of a query can begin with a quote too. */
  private boolean isJson(int start) {
    int first = skipSpace(start);
    if (first >= length - 1) {
      return false;
    }
    int second = skipSpace(first + 1);
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
      case '"' -> isOneString(first + 1);
      default -> false;
    };
  }

  private boolean isOneString(int start) {
    int i = start;
    while (i < length && text[i] != '"') {
      i += text[i] == '\\' ? 2 : 1;
    }
    int behind = skipSpace(i + 1);
    return i < length && (behind >= length || text[behind] == JsonStrings.SEPARATOR);
  }

  private int skipSpace(int start) {
    int i = start;
    while (i < length && KIND[text[i] & 0xff] == SPACE) {
      i++;
    }
    return i;
  }
}
