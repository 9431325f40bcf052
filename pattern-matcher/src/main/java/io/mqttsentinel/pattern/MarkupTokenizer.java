package io.mqttsentinel.pattern;

/**
 * Cuts a tag into name and attributes as browsers do (HTML Living Standard, 13.2.5, the states from
 * tag open on, and what older browsers did: slashes and zero bytes between, back-quoted values). It
 * can begin inside a tag, where a text that broke out of an attribute would. No allocation.
 */
final class MarkupTokenizer {

  /** Longer values are judged by their beginning. */
  private static final int MOST_ATTRIBUTES = 64;

  private byte[] text;
  private int at;
  private int end;
  private int attributes;

  int nameFrom;
  int nameTo;
  int valueFrom;
  int valueTo;

  /** Begins at a {@code <}; false where no name of a tag follows. */
  boolean tag(byte[] bytes, int from, int to) {
    inside(bytes, from + 1, to);
    while (at < end && (text[at] == '/' || text[at] == 0 || text[at] == '?' || text[at] == '!')) {
      at++;
    }
    nameFrom = at;
    while (at < end && isTagName(text[at])) {
      at++;
    }
    nameTo = at;
    return nameTo > nameFrom && Signals.isLetter(text[nameFrom]);
  }

  /** Begins between the attributes of a tag. */
  void inside(byte[] bytes, int from, int to) {
    text = bytes;
    at = from;
    end = to;
    attributes = 0;
  }

  /** The next attribute; false at the end of the tag. The value is empty where there is none. */
  boolean attribute() {
    while (at < end && isBetween(text[at])) {
      at++;
    }
    if (at >= end || text[at] == '>' || text[at] == '<' || attributes++ == MOST_ATTRIBUTES) {
      return false;
    }
    nameFrom = at++;
    while (at < end && isAttributeName(text[at])) {
      at++;
    }
    nameTo = at;
    valueFrom = at;
    valueTo = at;
    int equals = skipSpace(at);
    if (equals < end && text[equals] == '=') {
      at = skipSpace(equals + 1);
      value();
    }
    return true;
  }

  /** Where the next token would begin. */
  int position() {
    return at;
  }

  private void value() {
    byte quote = at < end ? text[at] : 0;
    if (quote == '"' || quote == '\'' || quote == '`') {
      valueFrom = ++at;
      while (at < end && text[at] != quote) {
        at++;
      }
      valueTo = at;
      at = Math.min(at + 1, end);
      return;
    }
    valueFrom = at;
    while (at < end && !isSpace(text[at]) && text[at] != '>') {
      at++;
    }
    valueTo = at;
  }

  private int skipSpace(int from) {
    int i = from;
    while (i < end && isSpace(text[i])) {
      i++;
    }
    return i;
  }

  static boolean isSpace(byte c) {
    return c >= 0 && c <= ' ';
  }

  private static boolean isTagName(byte c) {
    return Signals.isWord(c) || c == '-' || c == ':' || c == '_' || c == 0;
  }

  private static boolean isBetween(byte c) {
    return isSpace(c) || c == '/' || c == '"' || c == '\'' || c == '`';
  }

  private static boolean isAttributeName(byte c) {
    return !isSpace(c) && c != '/' && c != '>' && c != '=' && c != '<';
  }
}
