package io.mqttsentinel.pattern;

import java.util.EnumSet;
import java.util.Set;

/** What a payload is, as a rule's {@code scope.content} names it. */
enum ContentKind {
  /** Readable; JSON is text too. */
  TEXT,
  /** Begins as an object, an array or a string does, and is readable. */
  JSON,
  BINARY;

  private static final int LOOKED_AT = 4096;

  /** What the payload counts as: text, text and JSON, or binary. */
  static Set<ContentKind> of(byte[] payload) {
    int length = Math.min(payload.length, LOOKED_AT);
    for (int i = 0; i < length; i++) {
      int b = payload[i];
      boolean control = b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != 0x1b;
      if (control || !isUtf8(payload, i)) {
        return EnumSet.of(BINARY);
      }
    }
    return JsonStrings.looksLike(payload, payload.length)
        ? EnumSet.of(TEXT, JSON)
        : EnumSet.of(TEXT);
  }

  /** Whether the byte can stand where it does; a character that the end cuts is let pass. */
  private static boolean isUtf8(byte[] text, int at) {
    int b = text[at] & 0xff;
    if (b < 0x80) {
      return true;
    }
    if (b < 0xc0) {
      return at > 0 && text[at - 1] < 0;
    }
    boolean last = at + 1 == text.length;
    return b >= 0xc2 && b <= 0xf4 && (last || (text[at + 1] & 0xc0) == 0x80);
  }
}
