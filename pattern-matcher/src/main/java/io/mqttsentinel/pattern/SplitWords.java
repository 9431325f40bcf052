package io.mqttsentinel.pattern;

/** Words that quotes and backslashes split for a filter, but not for a shell. */
final class SplitWords {

  private static final int LONGEST_PART = 10;

  private SplitWords() {}

  /**
   * Whether a quote begins letters in quotes that are a part of a word only: more letters follow
   * behind the closing quote, in quotes or without, or stand in front and nothing follows.
   */
  static boolean isQuotedPart(byte[] text, int at, int length, int before) {
    int end = endOfPart(text, at, length);
    if (end == at + 1 || end >= length || text[end] != text[at]) {
      return false;
    }
    int next = end + 1 < length ? text[end + 1] : ' ';
    boolean quotedNext = next == text[at] && end + 2 < length && Signals.isLetter(text[end + 2]);
    return Signals.isWord(next) || quotedNext || (Signals.isLetter(before) && next == ' ');
  }

  /** Where the letters behind a quote end. */
  static int endOfPart(byte[] text, int at, int length) {
    int end = at + 1;
    while (end < length && end - at <= LONGEST_PART && Signals.isLetter(text[end])) {
      end++;
    }
    return end;
  }

  /**
   * Whether a backslash is the first of two, each before a letter (the first perhaps before a dash)
   * and no line break or tab as programs write them.
   */
  static boolean isEscaped(byte[] text, int at, int length) {
    if (at + 3 >= length || text[at + 2] != '\\' || !Signals.isLetter(text[at + 3])) {
      return false;
    }
    byte first = text[at + 1];
    return first == '-'
        || (Signals.isLetter(first) && !(isWhiteSpace(first) && isWhiteSpace(text[at + 3])));
  }

  private static boolean isWhiteSpace(byte letter) {
    return letter == 'r' || letter == 'n' || letter == 't';
  }
}
