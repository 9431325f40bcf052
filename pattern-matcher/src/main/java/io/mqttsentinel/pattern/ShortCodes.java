package io.mqttsentinel.pattern;

/**
 * Base64 and hexadecimal of a few bytes, too short to be told from words by its looks. It counts
 * where it is all of a text or of a value in quotes, and where what it stands for is printable and
 * begins with a sign, or holds two (one, if the run is padded), as attacks do. No allocation.
 */
final class ShortCodes {

  /** Characters, without padding: base64 of three bytes. */
  static final int SHORTEST = 4;

  /** Longer ones tell by their looks; without small letters these do not. */
  static final int LONGEST = 32;

  private static final int SHORTEST_HEX = 6;
  private static final String BASE64_MARK = "base64,";
  private static final boolean[] SIGN = new boolean[0x80];

  static {
    for (char c : "{}$#*()|&;'\"<>\\/%!=`^@".toCharArray()) {
      SIGN[c] = true;
    }
  }

  private ShortCodes() {}

  /** {@link Signals#BASE64}, {@link Signals#HEX}, both or neither: what a run of characters is. */
  static int of(byte[] text, int from, int to, int length) {
    if (to - from > LONGEST || !isWhole(text, from, to, length)) {
      return 0;
    }
    boolean hex = true;
    boolean upper = false;
    boolean padded = Signals.padding(text, to, length) > 0;
    boolean other = padded;
    for (int i = from; i < to; i++) {
      byte c = text[i];
      hex &= Signals.isHex(c);
      upper |= c >= 'A' && c <= 'Z';
      other |= c < 'A' || c > 'Z';
    }
    int count = to - from;
    int kinds = 0;
    if (upper && other && count % 4 != 1 && says(text, from, to, false, padded ? 1 : 2)) {
      kinds |= Signals.BASE64;
    }
    if (hex && count >= SHORTEST_HEX && count % 2 == 0 && says(text, from, to, true, 2)) {
      kinds |= Signals.HEX;
    }
    return kinds;
  }

  /** Adds what such a run stands for. */
  static void decode(byte[] text, int from, int to, boolean hex, ByteBuilder out) {
    int bytes = bytes(to - from, hex);
    for (int i = 0; i < bytes; i++) {
      out.add(byteAt(text, from, to, i, hex));
    }
  }

  /** All of a text, a value in quotes that is no name of a member, or the data of an address. */
  private static boolean isWhole(byte[] text, int from, int to, int length) {
    int end = to + Signals.padding(text, to, length);
    byte before = from == 0 ? 0 : text[from - 1];
    boolean quoted =
        end < length
            && text[end] == before
            && (before == '"' || before == '\'')
            && (end + 1 == length || text[end + 1] != ':');
    boolean begins = from == 0 || (before == ',' && isMarked(text, from));
    return quoted || (begins && end == length);
  }

  private static boolean isMarked(byte[] text, int from) {
    int mark = from - BASE64_MARK.length();
    return mark >= 0 && SqlWords.begins(text, mark, BASE64_MARK);
  }

  private static boolean says(byte[] text, int from, int to, boolean hex, int least) {
    int signs = 0;
    int bytes = bytes(to - from, hex);
    for (int i = 0; i < bytes; i++) {
      int b = byteAt(text, from, to, i, hex);
      if (b > '~' || (b < ' ' && b != '\n' && b != '\r' && b != '\t')) {
        return false;
      }
      signs += SIGN[b] ? i == 0 ? 2 : 1 : 0;
    }
    return signs >= least;
  }

  private static int bytes(int characters, boolean hex) {
    return hex ? characters / 2 : characters * 3 / 4;
  }

  private static int byteAt(byte[] text, int from, int to, int index, boolean hex) {
    if (hex) {
      return Escapes.number(text, from + 2 * index, 2);
    }
    int at = from + index * 4 / 3;
    int next = at + 1 < to ? EncodedRuns.sextet(text[at + 1]) : 0;
    int pair = EncodedRuns.sextet(text[at]) << 6 | next;
    return pair >> (4 - index * 8 % 6) & 0xff;
  }
}
