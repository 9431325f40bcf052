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
  static final int BINARY = 1024;
  static final int CSV = 2048;

  /** What is decoded in place, the text around it kept. */
  static final int IN_PLACE = ESCAPE | PERCENT | ENTITY | UNICODE;

  private static final int CODES = BASE64 | HEX;

  static final int SHORTEST_RUN = 8;
  static final int SHORTEST_HEX_RUN = 16;

  /** Of a SIM card, an account or a timestamp in nanoseconds. */
  private static final int LONGEST_NUMBER = 24;

  private static final int UPPER = 1;
  private static final int LOWER = 2;
  private static final int SIGN = 4;
  private static final int NO_HEX = 8;
  private static final int DIGIT = 16;
  private static final byte SPECIAL = -1;
  private static final byte CONTROL = -2;

  /** One in so many bytes is a control character where a payload is no text. */
  private static final int CONTROLS_OF_BINARY = 25;

  private static final int SAMPLE = 1024;
  private static final int SAMPLED = 8 * SAMPLE;

  /** Positive: bits of a character that base64 may hold; negative: worth a closer look. */
  private static final byte[] KIND = new byte[256];

  /** Of what such a byte can be a trace: where all of it is known, it needs no closer look. */
  private static final short[] TRACE_OF = new short[256];

  static {
    for (int c = 'a'; c <= 'z'; c++) {
      KIND[c] = (byte) (LOWER | (c > 'f' ? NO_HEX : 0));
      KIND[c - 'a' + 'A'] = (byte) (UPPER | (c > 'f' ? NO_HEX : 0));
    }
    for (int c = '0'; c <= '9'; c++) {
      KIND[c] = DIGIT;
    }
    for (char c : "+/-_".toCharArray()) {
      KIND[c] = SIGN | NO_HEX;
    }
    for (int c = 0; c < ' '; c++) {
      KIND[c] = CONTROL;
    }
    for (int c : new int[] {'\t', '\n', '\r', JsonStrings.SEPARATOR}) {
      KIND[c] = 0;
    }
    for (char c : "\\%&*$^'\"".toCharArray()) {
      KIND[c] = SPECIAL;
    }
    for (int c : new int[] {0xc0, 0xc1, 0xc2, 0xc5, 0xca, 0xe0, 0xe2, 0xe3, 0xef, 0xf0}) {
      KIND[c] = SPECIAL;
      TRACE_OF[c] = UNICODE;
    }
    TRACE_OF['\\'] = ESCAPE | SHELL;
    TRACE_OF['%'] = PERCENT;
    TRACE_OF['&'] = ENTITY;
    TRACE_OF['*'] = COMMENT;
    TRACE_OF['$'] = SHELL;
    TRACE_OF['^'] = SHELL;
    TRACE_OF['\''] = SHELL;
    TRACE_OF['"'] = SHELL;
  }

  private Signals() {}

  /** The traces in the first {@code length} bytes. */
  static int of(byte[] text, int length) {
    int signals = magic(text, length);
    if (length >= SAMPLED) {
      int sample = sample(text, length);
      if ((sample & BINARY) != 0) {
        return signals | sample;
      }
    }
    int run = 0;
    int kinds = 0;
    int controls = 0;
    for (int i = 0; i < length; i++) {
      int kind = KIND[text[i] & 0xff];
      if (kind > 0) {
        kinds |= kind;
        run++;
        continue;
      }
      boolean known = (signals & CODES) == CODES;
      if (run >= SHORTEST_RUN - 2 && !known) {
        signals |= ofRun(text, i - run, i, kinds, length);
      }
      if (run >= ShortCodes.SHORTEST
          && run <= ShortCodes.LONGEST
          && (kinds & (UPPER | DIGIT)) != 0
          && !known) {
        signals |= ShortCodes.of(text, i - run, i, length);
      }
      run = 0;
      kinds = 0;
      if (kind == SPECIAL) {
        if ((TRACE_OF[text[i] & 0xff] & ~signals) != 0) {
          signals |= special(text, i, length);
        }
      } else if (kind == CONTROL) {
        controls++;
        signals |= text[i] == 0 ? WIDE : 0;
      }
    }
    if (run >= SHORTEST_RUN) {
      signals |= ofRun(text, length - run, length, kinds, length);
    }
    if (run >= ShortCodes.SHORTEST) {
      signals |= ShortCodes.of(text, length - run, length, length);
    }
    if (controls * CONTROLS_OF_BINARY > length) {
      return signals | BINARY;
    }
    return SeparatedValues.occurIn(text, length) ? signals | CSV : signals;
  }

  /** Of a long binary payload a sample tells: 1024 bytes, evenly spread. */
  private static int sample(byte[] text, int length) {
    int controls = 0;
    int step = length / SAMPLE | 1; // odd, for the zeros of UTF-16
    for (int i = 0, at = 0; i < SAMPLE && at < length; i++, at += step) {
      controls += KIND[text[at] & 0xff] == CONTROL ? 1 : 0;
    }
    return controls * CONTROLS_OF_BINARY > SAMPLE ? BINARY | WIDE : 0;
  }

  static boolean isRun(byte b) {
    return KIND[b & 0xff] > 0;
  }

  /** The number of padding characters at a place, at most two. */
  static int padding(byte[] text, int at, int length) {
    if (at >= length || text[at] != '=') {
      return 0;
    }
    return at + 1 < length && text[at + 1] == '=' ? 2 : 1;
  }

  /** Whether a run of such characters, with its padding, can be base64. */
  static boolean isBase64(byte[] text, int from, int to, int padding) {
    int kinds = 0;
    for (int i = from; i < to && kinds != (UPPER | LOWER | SIGN | NO_HEX | DIGIT); i++) {
      kinds |= KIND[text[i] & 0xff];
    }
    return ofRun(to - from + padding, kinds) != 0;
  }

  private static int ofRun(byte[] text, int from, int to, int kinds, int length) {
    int base64 = ofRun(to - from + padding(text, to, length), kinds);
    boolean hex = to - from >= SHORTEST_HEX_RUN && (kinds & DIGIT) != 0 && hasHex(text, from, to);
    return hex ? base64 | HEX : base64;
  }

  /** Digits alone are a number, unless they are very many; with letters they may be text. */
  private static boolean hasHex(byte[] text, int from, int to) {
    int hex = 0;
    int kinds = 0;
    for (int i = from; i < to; i++) {
      int kind = KIND[text[i]];
      boolean isHex = (kind & NO_HEX) == 0;
      hex = isHex ? hex + 1 : 0;
      kinds = isHex ? kinds | kind : 0;
      boolean letters = (kinds & (UPPER | LOWER)) != 0;
      if (hex >= SHORTEST_HEX_RUN && (letters || hex > LONGEST_NUMBER)) {
        return true;
      }
    }
    return false;
  }

  private static int ofRun(int run, int kinds) {
    boolean mixed = (kinds & (UPPER | LOWER)) == (UPPER | LOWER) && (kinds & NO_HEX) != 0;
    return mixed && run >= SHORTEST_RUN && (run % 4 == 0 || run >= 2 * SHORTEST_RUN) ? BASE64 : 0;
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
    if (text[at] == '"') {
      // By far the most frequent: most stand at the end or the beginning of a JSON string.
      if (at + 2 >= length || !(text[at + 1] == '"' || isLetter(text[at + 1]))) {
        return 0;
      }
      int ahead = at > 0 ? text[at - 1] : 0;
      boolean inside = isWord(ahead) && splitsWord((byte) '"', text[at + 1], text[at + 2]);
      return inside || SplitWords.isQuotedPart(text, at, length, ahead) ? SHELL : 0;
    }
    int before = at > 0 ? text[at - 1] & 0xff : 0;
    int after = at + 1 < length ? text[at + 1] & 0xff : 0;
    int later = at + 2 < length ? text[at + 2] & 0xff : 0;
    return switch (text[at] & 0xff) {
      case '\\' ->
          (isWord(before) && isWord(after)) || SplitWords.isEscaped(text, at, length)
              ? ESCAPE | SHELL
              : ESCAPE;
      case '%' -> (isHex(after) && isHex(later)) || (after | 0x20) == 'u' ? PERCENT : 0;
      case '&' -> after == '#' || isLetter(after) ? ENTITY : 0;
      case '*' -> before == '/' ? COMMENT : 0;
      case '$' -> after == 'I' || after == '{' || isEmptyParameter(after, before) ? SHELL : 0;
      case '^' -> isWord(before) && isWord(after) ? SHELL : 0;
      case '\'' ->
          (isWord(before) && splitsWord(text[at], after, later))
                  || SplitWords.isQuotedPart(text, at, length, before)
              ? SHELL
              : 0;
      case 0xc0, 0xc1 -> UNICODE;
      case 0xc2 -> after == 0xad ? UNICODE : 0;
      case 0xc5 -> after == 0xbf ? UNICODE : 0;
      case 0xca -> after == 0xba || after == 0xbc ? UNICODE : 0;
      case 0xe0 -> after < 0xa0 ? UNICODE : 0;
      case 0xe2 -> isDisguise(after, later) ? UNICODE : 0;
      case 0xe3 -> after == 0x80 && later == 0x80 ? UNICODE : 0;
      case 0xef -> after == 0xbc || after == 0xbd || after == 0xbb ? UNICODE : 0;
      case 0xf0 -> after < 0x90 ? UNICODE : 0;
      default -> 0;
    };
  }

  /** A parameter of the shell that is empty for the attacker, inside a word or not. */
  private static boolean isEmptyParameter(int c, int before) {
    return c == '@' || c == '(' || (isWord(before) && (c == '*' || (c >= '1' && c <= '9')));
  }

  /** {@code ''} or {@code 'x'} inside a word. */
  private static boolean splitsWord(byte quote, int after, int later) {
    return (after == quote && isWord(later)) || (isWord(after) && later == quote);
  }

  /**
   * Behind E2: a typographic quote or prime, a slash of mathematics, nothing visible, a kelvin
   * sign.
   */
  private static boolean isDisguise(int second, int third) {
    return switch (second) {
      case 0x80 ->
          (third >= 0x98 && third <= 0x9f)
              || (third >= 0x8b && third <= 0x8f)
              || third == 0xb2
              || third == 0xb3;
      case 0x81 -> third == 0x84 || third == 0xa0;
      case 0x84 -> third == 0xaa;
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
