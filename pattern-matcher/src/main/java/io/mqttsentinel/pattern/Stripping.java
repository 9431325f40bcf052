package io.mqttsentinel.pattern;

/** Takes out what splits words for a filter but not for the interpreter behind it. */
final class Stripping {

  private Stripping() {}

  /** SQL comments become a space; what MySQL runs in a versioned one stays. */
  static void comments(byte[] text, int length, ByteBuilder out) {
    for (int i = 0; i < length; i++) {
      if (text[i] != '/' || i + 1 == length || text[i + 1] != '*') {
        out.add(text[i]);
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
      out.add(' ');
      i = end + 1;
    }
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
   * Empty quotes, quoted single letters, backslashes and carets inside words, {@code $@}; the field
   * separator variable is a space.
   */
  static void shell(byte[] text, int length, ByteBuilder out) {
    for (int i = 0; i < length; i++) {
      int c = text[i];
      int before = out.length() == 0 ? 0 : out.bytes()[out.length() - 1];
      int after = i + 1 < length ? text[i + 1] : 0;
      int later = i + 2 < length ? text[i + 2] : 0;
      int separator = c == '$' ? separatorLength(text, i, length) : 0;
      if (separator > 0) {
        out.add(' ');
        i += separator - 1;
      } else if (c == '$' && after == '@') {
        i++;
      } else if ((c == '\'' || c == '"') && Signals.isWord(before) && after == c) {
        i++;
      } else if ((c == '\'' || c == '"') && Signals.isWord(before) && later == c) {
        out.add(after);
        i += 2;
      } else if (!isSplitter(c) || !Signals.isWord(before) || !Signals.isWord(after)) {
        out.add(c);
      }
    }
  }

  private static boolean isSplitter(int c) {
    return c == '\\' || c == '^';
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
