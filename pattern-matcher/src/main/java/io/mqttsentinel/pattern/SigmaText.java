package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A value of a Sigma rule: a text with the wildcards {@code *} and {@code ?}. */
final class SigmaText {

  /** One character of UTF-8. */
  private static final String CHARACTER = "(?:[\\x00-\\x7f]|[\\xc0-\\xff][\\x80-\\xbf]+)";

  private static final String ANYTHING = ".*";

  private SigmaText() {}

  /**
   * @param begins the field begins with it
   * @param ends the field ends with it
   * @throws ImportRefusedException if it says nothing
   */
  static Fragment fragment(String value, boolean begins, boolean ends, boolean exactCase) {
    StringBuilder source = new StringBuilder();
    boolean letters = false;
    int at = 0;
    while (at < value.length()) {
      int c = value.codePointAt(at);
      at += Character.charCount(c);
      if (c == '\\' && at < value.length() && "*?\\".indexOf(value.charAt(at)) >= 0) {
        c = value.charAt(at++);
        append(c, exactCase, source);
      } else if (c == '*') {
        if (!source.toString().endsWith(ANYTHING)) {
          source.append(ANYTHING);
        }
      } else if (c == '?') {
        source.append(CHARACTER);
      } else {
        append(c, exactCase, source);
      }
      letters |= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    return trimmed(source.toString(), begins, ends, letters(letters, exactCase));
  }

  private static Fragment.Letters letters(boolean letters, boolean exactCase) {
    return !letters
        ? Fragment.Letters.NONE
        : exactCase ? Fragment.Letters.EXACT : Fragment.Letters.ANY_CASE;
  }

  private static Fragment trimmed(
      String source, boolean begins, boolean ends, Fragment.Letters letters) {
    boolean open = source.startsWith(ANYTHING);
    String text = open ? source.substring(ANYTHING.length()) : source;
    boolean openEnd = text.endsWith(ANYTHING); // a star of the text itself is escaped
    text = openEnd ? text.substring(0, text.length() - ANYTHING.length()) : text;
    if (text.isEmpty()) {
      throw new ImportRefusedException("a value is empty or fits everything");
    }
    return new Fragment(text, letters, begins && !open, ends && !openEnd, false);
  }

  private static void append(int c, boolean exactCase, StringBuilder source) {
    String text = Character.toString(c);
    if (c < 0x80) {
      Fragment.escape(c, source);
      return;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    String upper = text.toUpperCase(Locale.ROOT);
    if (exactCase || lower.equals(upper)) {
      appendBytes(text, source);
    } else {
      source.append("(?:");
      appendBytes(lower, source);
      source.append('|');
      appendBytes(upper, source);
      source.append(')');
    }
  }

  private static void appendBytes(String text, StringBuilder source) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      Fragment.escape(b & 0xff, source);
    }
  }
}
