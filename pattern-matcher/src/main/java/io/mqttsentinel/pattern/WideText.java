package io.mqttsentinel.pattern;

/** ASCII written as UTF-16, either byte order, anywhere in a text. */
final class WideText {

  private static final int SHORTEST = 8;

  /** Of a stretch that is half of the text or more. */
  private static final int SHORTEST_OF_ALL = 4;

  /** Characters beyond ASCII that do not end a stretch. */
  private static final int MOST_FOREIGN = 8;

  private WideText() {}

  /** Adds all stretches in which every second byte is zero without these, a separator between. */
  static void decode(byte[] bytes, int length, ByteBuilder out) {
    int at = 0;
    while (at + 1 < length) {
      if (!isWide(bytes, at, length)) {
        at++;
        continue;
      }
      int end = end(bytes, at, length);
      int least = 4 * (end - at) >= length ? SHORTEST_OF_ALL : SHORTEST;
      if (end - at >= 2 * least) {
        if (out.length() > 0) {
          out.add(JsonStrings.SEPARATOR);
        }
        for (int i = at; i < end; i += 2) {
          out.add(i + 1 == length || bytes[i + 1] == 0 ? bytes[i] : '?');
        }
      }
      at = end;
    }
  }

  /** Behind the last wide character; in the other byte order the last zero is of the next one. */
  private static int end(byte[] bytes, int from, int length) {
    int end = from;
    int foreign = 0;
    for (int i = from; i + 1 < length && foreign <= MOST_FOREIGN; i += 2) {
      if (isWide(bytes, i, length)) {
        end = i + 2;
        foreign = 0;
      } else {
        foreign++;
      }
    }
    return end + 1 == length && isText(bytes[end]) ? length : end;
  }

  private static boolean isWide(byte[] bytes, int at, int length) {
    return at + 1 < length && bytes[at + 1] == 0 && isText(bytes[at]);
  }

  private static boolean isText(byte b) {
    return (b >= ' ' && b < 0x7f) || b == '\n' || b == '\r' || b == '\t';
  }
}
