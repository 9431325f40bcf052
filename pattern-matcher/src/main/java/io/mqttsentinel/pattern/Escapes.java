package io.mqttsentinel.pattern;

/**
 * Undoes what stands for a byte or a character inside a text. Each method writes the whole text to
 * {@code out}; what is no proper escape stays as it is.
 */
final class Escapes {

  private Escapes() {}

  /** Backslash escapes of JSON, JavaScript and C. */
  static void decode(byte[] text, int from, int to, ByteBuilder out) {
    for (int i = from; i < to; i++) {
      if (text[i] != '\\' || i + 1 == to) {
        int start = i;
        while (i + 1 < to && text[i + 1] != '\\') {
          i++;
        }
        out.add(text, start, i + 1);
        continue;
      }
      int c = text[++i];
      switch (c) {
        case '"', '\\', '/', '\'', '`' -> out.add(c);
        case 'n' -> out.add('\n');
        case 't' -> out.add('\t');
        case 'r' -> out.add('\r');
        case 'b' -> out.add('\b');
        case 'f' -> out.add('\f');
        case 'x' -> i = hex(text, i, to, 2, out);
        case 'u' -> i = unicode(text, i, to, out);
        case '0', '1', '2', '3' -> i = octal(text, i, to, out);
        default -> {
          out.add('\\');
          out.add(c);
        }
      }
    }
  }

  /** {@code %41} and {@code %u0041}; a plus is a space only where the text has no real one. */
  static void percent(byte[] text, int length, ByteBuilder out) {
    boolean form = indexOf(text, length, ' ') < 0;
    for (int i = 0; i < length; i++) {
      int c = text[i];
      if (c == '+' && form) {
        out.add(' ');
      } else if (c != '%') {
        int start = i;
        while (i + 1 < length && text[i + 1] != '%' && text[i + 1] != '+') {
          i++;
        }
        out.add(text, start, i + 1);
      } else if (i + 5 < length && (text[i + 1] | 0x20) == 'u' && number(text, i + 2, 4) >= 0) {
        out.addCodePoint(number(text, i + 2, 4));
        i += 5;
      } else if (i + 2 < length && number(text, i + 1, 2) >= 0) {
        out.add(number(text, i + 1, 2));
        i += 2;
      } else {
        out.add(c);
      }
    }
  }

  /**
   * Overlong UTF-8, full-width forms, typographic quotes and other look-alikes as the ASCII they
   * pass for; what nobody sees is left out.
   */
  static void unicode(byte[] text, int length, ByteBuilder out) {
    for (int i = 0; i < length; i++) {
      int a = text[i] & 0xff;
      if (a < 0x80) {
        int start = i;
        while (i + 1 < length && text[i + 1] >= 0) {
          i++;
        }
        out.add(text, start, i + 1);
        continue;
      }
      int b = i + 1 < length ? text[i + 1] & 0xff : 0;
      int c = i + 2 < length ? text[i + 2] & 0xff : 0;
      if ((a == 0xc0 || a == 0xc1) && (b & 0xc0) == 0x80) {
        out.add((a & 1) << 6 | (b & 0x3f));
        i++;
      } else if ((a == 0xc0 || a == 0xc1) && (b == '.' || b == '/' || b == '\\')) {
        out.add(b); // some decoders drop the lead byte
        i++;
      } else if (a == 0xe0 && b >= 0x80 && b < 0xa0 && (c & 0xc0) == 0x80) {
        out.addCodePoint((b & 0x3f) << 6 | (c & 0x3f));
        i += 2;
      } else if (a == 0xf0 && b >= 0x80 && b < 0x90 && i + 3 < length) {
        out.addCodePoint((b & 0x3f) << 12 | (c & 0x3f) << 6 | (text[i + 3] & 0x3f));
        i += 3;
      } else if (a == 0xef && ((b == 0xbc && c >= 0x81) || (b == 0xbd && c <= 0x9e && c >= 0x80))) {
        out.add((b == 0xbc ? c - 0x80 : c - 0x80 + 0x40) + 0x20);
        i += 2;
      } else if (a == 0xe2
          && ((b == 0x88 && (c == 0x95 || c == 0x96)) || (b == 0x81 && c == 0x84))) {
        out.add(c == 0x96 ? '\\' : '/');
        i += 2;
      } else if (a == 0xe2 && b == 0x80 && ((c >= 0x98 && c <= 0x9f) || c == 0xb2 || c == 0xb3)) {
        out.add(c <= 0x9b || c == 0xb2 ? '\'' : '"');
        i += 2;
      } else if (isInvisible(a, b, c)) {
        i += a == 0xc2 ? 1 : 2;
      } else if (a == 0xe3 && b == 0x80 && c == 0x80) {
        out.add(' ');
        i += 2;
      } else if (a == 0xe2 && b == 0x84 && c == 0xaa) {
        out.add('k');
        i += 2;
      } else if (a == 0xc5 && b == 0xbf) {
        out.add('s');
        i++;
      } else if (a == 0xca && (b == 0xba || b == 0xbc)) {
        out.add(b == 0xba ? '"' : '\'');
        i++;
      } else {
        out.add(a);
      }
    }
  }

  /** Soft hyphen, zero-width space and joiners, direction marks, word joiner, byte order mark. */
  private static boolean isInvisible(int a, int b, int c) {
    return (a == 0xc2 && b == 0xad)
        || (a == 0xe2 && b == 0x80 && c >= 0x8b && c <= 0x8f)
        || (a == 0xe2 && b == 0x81 && c == 0xa0)
        || (a == 0xef && b == 0xbb && c == 0xbf);
  }

  private static int hex(byte[] text, int at, int to, int digits, ByteBuilder out) {
    int value = at + digits < to ? number(text, at + 1, digits) : -1;
    if (value < 0) {
      out.add('\\');
      out.add(text[at]);
      return at;
    }
    out.add(value);
    return at + digits;
  }

  /** Four digits, a surrogate pair of them, or any number in braces. */
  private static int unicode(byte[] text, int at, int to, ByteBuilder out) {
    if (at + 2 < to && text[at + 1] == '{') {
      int end = at + 2;
      while (end < to && end < at + 9 && Signals.isHex(text[end])) {
        end++;
      }
      if (end < to && text[end] == '}' && end > at + 2) {
        out.addCodePoint(number(text, at + 2, end - at - 2));
        return end;
      }
    }
    int value = at + 4 < to ? number(text, at + 1, 4) : -1;
    if (value < 0) {
      out.add('\\');
      out.add('u');
      return at;
    }
    int next = at + 5;
    if (Character.isHighSurrogate((char) value)
        && next + 5 < to
        && text[next] == '\\'
        && text[next + 1] == 'u') {
      int low = number(text, next + 2, 4);
      if (low >= 0 && Character.isLowSurrogate((char) low)) {
        out.addCodePoint(Character.toCodePoint((char) value, (char) low));
        return next + 5;
      }
    }
    out.addCodePoint(value);
    return at + 4;
  }

  private static int octal(byte[] text, int at, int to, ByteBuilder out) {
    boolean three = at + 2 < to && isOctal(text[at + 1]) && isOctal(text[at + 2]);
    if (three) {
      out.add((text[at] - '0') << 6 | (text[at + 1] - '0') << 3 | (text[at + 2] - '0'));
      return at + 2;
    }
    if (text[at] == '0') {
      out.add(0);
    } else {
      out.add('\\');
      out.add(text[at]);
    }
    return at;
  }

  private static boolean isOctal(int c) {
    return c >= '0' && c <= '7';
  }

  /** A hexadecimal number, or -1 where a digit is none. */
  static int number(byte[] text, int from, int digits) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = Character.digit(text[i], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static int indexOf(byte[] text, int length, char c) {
    for (int i = 0; i < length; i++) {
      if (text[i] == c) {
        return i;
      }
    }
    return -1;
  }
}
