package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/**
 * The short texts beside the payload: topic, client id, user name. They are the same again and
 * again, so those found clean of any hit are remembered and not looked at twice; and their bytes
 * are written into arrays that are kept, one of each length.
 */
final class FieldTexts {

  private static final int REMEMBERED = 1 << 10;
  private static final int LONGEST = 256;

  private final Map<InspectedField, String[]> clean = new EnumMap<>(InspectedField.class);
  private final byte[][] arrays = new byte[LONGEST + 1][];

  /** Whether this text of this field was found clean before. */
  boolean isClean(InspectedField field, String text) {
    String[] remembered = clean.get(field);
    return remembered != null && text.equals(remembered[slot(text)]);
  }

  void rememberClean(InspectedField field, String text) {
    if (text.length() <= LONGEST) {
      clean.computeIfAbsent(field, _ -> new String[REMEMBERED])[slot(text)] = text;
    }
  }

  /** The text in UTF-8, valid until the next call. */
  byte[] bytes(String text) {
    int length = text.length();
    if (length > LONGEST) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = arrays[length];
    if (bytes == null) {
      bytes = new byte[length];
      arrays[length] = bytes;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return text.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) c;
    }
    return bytes;
  }

  private static int slot(String text) {
    int hash = text.hashCode();
    return (hash ^ hash >>> 15) & (REMEMBERED - 1);
  }
}
