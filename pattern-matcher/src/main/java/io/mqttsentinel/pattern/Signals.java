package io.mqttsentinel.pattern;

/**
 * One look over a text for traces of an encoding. Ordinary telemetry shows none, and is then
 * matched as it is; a trace only means that the decoder is worth a try.
 */
final class Signals {

  static final int ESCAPE = 1;
  static final int PERCENT = 2;
  static final int ENTITY = 4;
  static final int UNICODE = 8;
  static final int BASE64 = 16;
  static final int HEX = 32;
  static final int COMMENT = 64;
  static final int SHELL = 128;
  static final int COMPRESSED = 256;
  static final int WIDE = 512;

  /** What is decoded in place, the text around it kept. */
  static final int IN_PLACE = ESCAPE | PERCENT | ENTITY | UNICODE;

  static final int SHORTEST_RUN = 8;

  private static final int UPPER = 1;
  private static final int LOWER = 2;
  private static final int SIGN = 4;
  private static final int NO_HEX = 8;
  private static final int DIGIT = 16;
  private static final byte SPECIAL = -1;

  /** Positive: bits of a character that base64 may hold; negative: worth a closer look. */
  private static final byte[] KIND = new byte[256];

  static {
    for (int c = 'a'; c <= 'z'; c++) {
      KIND[c] = (byte) (LOWER | (c > 'f' ? NO_HEX : 0));
      KIND[c - 'a' + 'A'] = (byte) (UPPER | (c > 'f' ? NO_HEX : 0));
    }
    for (int c = '0'; c <= '9'; c++) {
      KIND[c] = DIGIT;
    }
    for (char c : "+/-_=".toCharArray()) {
      KIND[c] = SIGN | NO_HEX;
    }
    for (char c : "\\%&*$^'\"\0".toCharArray()) {
      KIND[c] = SPECIAL;
    }
    for (int c : new int[] {0xc0, 0xc1, 0xe0, 0xe2, 0xef, 0xf0}) {
      KIND[c] = SPECIAL;
    }
  }

  private Signals() {}

  /** The traces in the first {@code length} bytes. */
  static int of(byte[] text, int length) {
    int signals = magic(text, length);
    int run = 0;
    int kinds = 0;
    for (int i = 0; i < length; i++) {
      int kind = KIND[text[i] & 0xff];
      if (kind > 0) {
        kinds |= kind;
        run++;
        continue;
      }
      if (run >= SHORTEST_RUN) {
        signals |= ofRun(run, kinds);
      }
      run = 0;
      kinds = 0;
      if (kind < 0) {
        signals |= special(text, i, length);
      }
    }
    return run >= SHORTEST_RUN ? signals | ofRun(run, kinds) : signals;
  }

  static boolean isRun(byte b) {
    return KIND[b & 0xff] > 0;
  }

  /** Whether a run of such characters can be base64, hexadecimal, or neither. */
  static int ofRun(byte[] text, int from, int to) {
    int kinds = 0;
    for (int i = from; i < to; i++) {
      kinds |= KIND[text[i] & 0xff];
    }
    return ofRun(to - from, kinds);
  }

  private static int ofRun(int run, int kinds) {
    if ((kinds & NO_HEX) == 0) {
      return run >= 2 * SHORTEST_RUN && run % 2 == 0 ? HEX : 0;
    }
    boolean mixed = (kinds & (UPPER | LOWER)) == (UPPER | LOWER);
    return mixed && (run % 4 == 0 || run >= 2 * SHORTEST_RUN) ? BASE64 : 0;
  }

  private static int magic(byte[] text, int length) {
    if (length < 12) {
      return 0;
    }
    int first = text[0] & 0xff;
    int second = text[1] & 0xff;
    boolean gzip = first == 0x1f && second == 0x8b;
    boolean zlib = first == 0x78 && (first << 8 | second) % 31 == 0;
    return gzip || zlib ? COMPRESSED : 0;
  }

  private static int special(byte[] text, int at, int length) {
    int before = at > 0 ? text[at - 1] & 0xff : 0;
    int after = at + 1 < length ? text[at + 1] & 0xff : 0;
    int later = at + 2 < length ? text[at + 2] & 0xff : 0;
    return switch (text[at] & 0xff) {
      case '\\' -> isWord(before) && isWord(after) ? ESCAPE | SHELL : ESCAPE;
      case '%' -> (isHex(after) && isHex(later)) || (after | 0x20) == 'u' ? PERCENT : 0;
      case '&' -> after == '#' || isLetter(after) ? ENTITY : 0;
      case '*' -> before == '/' ? COMMENT : 0;
      case '$' -> after == 'I' || after == '{' || after == '@' || after == '(' ? SHELL : 0;
      case '^' -> isWord(before) && isWord(after) ? SHELL : 0;
      case '\'', '"' -> isWord(before) && splitsWord(text[at], after, later) ? SHELL : 0;
      case 0 -> WIDE;
      case 0xc0, 0xc1 -> UNICODE;
      case 0xe0 -> after < 0xa0 ? UNICODE : 0;
      case 0xe2 -> isQuoteOrSlash(after, later) ? UNICODE : 0;
      case 0xef -> after == 0xbc || after == 0xbd ? UNICODE : 0;
      case 0xf0 -> after < 0x90 ? UNICODE : 0;
      default -> 0;
    };
  }

  /** {@code ''} or {@code 'x'} inside a word. */
  private static boolean splitsWord(byte quote, int after, int later) {
    return (after == quote && isWord(later)) || (isWord(after) && later == quote);
  }

  /** Behind E2: a typographic quote, a division or fraction slash, a set minus. */
  private static boolean isQuoteOrSlash(int second, int third) {
    return switch (second) {
      case 0x80 -> third >= 0x98 && third <= 0x9f;
      case 0x81 -> third == 0x84;
      case 0x88 -> third == 0x95 || third == 0x96;
      default -> false;
    };
  }

  static boolean isHex(int c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
  }

  static boolean isLetter(int c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  static boolean isWord(int c) {
    return isLetter(c) || (c >= '0' && c <= '9');
  }
}
