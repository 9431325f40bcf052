package io.mqttsentinel.pattern;

/** Takes out what splits words for a filter but not for the interpreter behind it. */
final class Stripping {

  /** What a trick of the shell begins with. */
  private static final boolean[] TRICK = new boolean[256];

  static {
    for (char c : "$'\"`\\^".toCharArray()) {
      TRICK[c] = true;
    }
  }

  private Stripping() {}

  /**
   * SQL comments become a space, or nothing between two letters where {@code joined}: a database
   * takes the one, a program that throws comments away makes the other of it. What MySQL runs in a
   * versioned one stays. Answers whether joining would make a difference.
   */
  static boolean comments(byte[] text, int length, boolean joined, ByteBuilder out) {
    boolean inWord = false;
    for (int i = 0; i < length; i++) {
      if (text[i] != '/' || i + 1 == length || text[i + 1] != '*') {
        int from = i;
        while (i + 1 < length && text[i + 1] != '/') {
          i++;
        }
        out.add(text, from, i + 1);
        continue;
      }
      int end = commentEnd(text, i + 2, length);
      if (i + 2 < length && text[i + 2] == '!') {
        int content = i + 3;
        while (content < end && content < i + 9 && text[content] >= '0' && text[content] <= '9') {
          content++;
        }
        out.add(' ');
        out.add(text, content, end);
      }
      boolean inside =
          i > 0
              && Signals.isLetter(text[i - 1])
              && end + 2 < length
              && Signals.isLetter(text[end + 2]);
      inWord |= inside;
      if (!joined || !inside) {
        out.add(' ');
      }
      i = end + 1;
    }
    return inWord;
  }

  private static int commentEnd(byte[] text, int from, int length) {
    for (int i = from; i + 1 < length; i++) {
      if (text[i] == '*' && text[i + 1] == '/') {
        return i;
      }
    }
    return length;
  }

  /**
   * Empty quotes, quoted parts of words, backslashes and carets inside words, backslashes before
   * each letter of one, empty parameters; the field separator variable is a space. In JSON, double
   * quotes and backslashes are not the shell's.
   */
  static void shell(byte[] text, int length, boolean json, ByteBuilder out) {
    for (int i = 0; i < length; i++) {
      int c = text[i];
      if (!TRICK[c & 0xff]) {
        int from = i;
        while (i + 1 < length && !TRICK[text[i + 1] & 0xff]) {
          i++;
        }
        out.add(text, from, i + 1);
        continue;
      }
      int before = out.length() == 0 ? 0 : out.bytes()[out.length() - 1];
      int after = i + 1 < length ? text[i + 1] : 0;
      int later = i + 2 < length ? text[i + 2] : 0;
      boolean quote = c == '\'' || (c == '"' && !json);
      int separator = c == '$' ? separatorLength(text, i, length) : 0;
      if (separator > 0) {
        out.add(' ');
        i += separator - 1;
      } else if (c == '$' && isEmpty(after, later, before)) {
        i += after == '(' ? 2 : 1;
      } else if ((quote || c == '`') && Signals.isWord(before) && after == c) {
        i++;
      } else if (quote && Signals.isWord(before) && later == c) {
        out.add(after);
        i += 2;
      } else if (quote && SplitWords.isQuotedPart(text, i, length, before)) {
        int end = SplitWords.endOfPart(text, i, length);
        out.add(text, i + 1, end);
        i = end;
      } else if (c == '\\' && after == '\n' && !json) {
        i++;
      } else if (!splits(text, i, length, json, before)) {
        out.add(c);
      }
    }
  }

  private static boolean splits(byte[] text, int at, int length, boolean json, int before) {
    boolean after = at + 1 < length && Signals.isWord(text[at + 1]);
    boolean inside = Signals.isWord(before) || (before == '-' && text[at] == '\\');
    return (isSplitter(text[at], json) && inside && after)
        || (text[at] == '\\' && !json && SplitWords.isEscaped(text, at, length));
  }

  private static boolean isSplitter(int c, boolean json) {
    return (c == '\\' && !json) || c == '^';
  }

  /** {@code $@}, {@code $()}, and inside a word {@code $*} and {@code $1} to {@code $9}. */
  private static boolean isEmpty(int after, int later, int before) {
    return after == '@'
        || (after == '(' && later == ')')
        || (Signals.isWord(before) && (after == '*' || (after >= '1' && after <= '9')));
  }

  /** Length of {@code $IFS}, <code>${IFS}</code>, {@code $IFS$9}; 0 for none. */
  private static int separatorLength(byte[] text, int at, int length) {
    boolean braced = at + 1 < length && text[at + 1] == '{';
    int name = braced ? at + 2 : at + 1;
    if (name + 2 >= length || text[name] != 'I' || text[name + 1] != 'F' || text[name + 2] != 'S') {
      return 0;
    }
    int end = name + 3;
    if (braced) {
      while (end < length && end < name + 12 && text[end] != '}') {
        end++;
      }
      end = Math.min(end + 1, length);
    }
    boolean argument = end + 1 < length && text[end] == '$' && text[end + 1] >= '1';
    return (argument && text[end + 1] <= '9' ? end + 2 : end) - at;
  }
}
