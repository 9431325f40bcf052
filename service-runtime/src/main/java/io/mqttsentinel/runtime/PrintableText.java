package io.mqttsentinel.runtime;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Bytes of a stranger as text that a terminal and a page can show: control characters, invisible
 * ones and those that turn the direction of text become escapes, and so do bytes that are no UTF-8.
 */
public final class PrintableText {

  private static final String CUT = "…";
  private static final int MOST_BYTES_OF_A_CHARACTER = 4;

  private PrintableText() {}

  /** At most {@code longest} characters; what was left out leaves an ellipsis. */
  public static String of(ByteBuffer bytes, int longest) {
    ByteBuffer in = bytes.duplicate();
    in.limit(in.position() + Math.min(in.remaining(), (longest + 1) * MOST_BYTES_OF_A_CHARACTER));
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer decoded = CharBuffer.allocate(in.remaining() + 1);
    StringBuilder text = new StringBuilder(longest);
    while (in.hasRemaining() && text.length() <= longest) {
      CoderResult result = decoder.decode(in, decoded, true);
      decoded.flip();
      append(text, decoded, longest);
      decoded.clear();
      for (int i = 0; i < (result.isError() ? result.length() : 0); i++) {
        text.append("\\x%02x".formatted(in.get() & 0xff));
      }
    }
    return cut(text, longest);
  }

  /** The same for text. */
  public static String of(String string, int longest) {
    StringBuilder text = new StringBuilder(Math.min(string.length(), longest) + 1);
    append(text, string, longest);
    return cut(text, longest);
  }

  private static void append(StringBuilder text, CharSequence from, int longest) {
    for (int i = 0; i < from.length() && text.length() <= longest; ) {
      int c = Character.codePointAt(from, i);
      i += Character.charCount(c);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\\' -> text.append("\\\\");
        default -> {
          if (isPrintable(c)) {
            text.appendCodePoint(c);
          } else {
            text.append(c > 0xffff ? "\\u{%x}".formatted(c) : "\\u%04x".formatted(c));
          }
        }
      }
    }
  }

  /** Whether a code point shows, and shows nothing else in another place. */
  public static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static String cut(StringBuilder text, int longest) {
    if (text.length() <= longest) {
      return text.toString();
    }
    int end = longest - CUT.length();
    // Never half of a surrogate pair: it would be no text any more.
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + CUT;
  }
}
