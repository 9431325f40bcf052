package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;

/** The bounded, harmless part of a text that goes into evidence. */
final class Excerpt {

  private static final int CONTEXT = 24;
  private static final int LONGEST = 160;

  private Excerpt() {}

  /** A match with a little of what stands around it, control characters escaped. */
  static String around(byte[] text, int offset, int length) {
    int from = Math.max(0, offset - CONTEXT);
    int to = Math.min(text.length, Math.min(offset + length + CONTEXT, from + LONGEST));
    StringBuilder excerpt = new StringBuilder(to - from + 8);
    new String(text, from, to - from, StandardCharsets.UTF_8)
        .codePoints()
        .forEach(
            c -> {
              boolean plain =
                  !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
              if (plain) {
                excerpt.appendCodePoint(c);
              } else {
                excerpt.append("\\u%04x".formatted(c));
              }
            });
    return excerpt.toString();
  }
}
