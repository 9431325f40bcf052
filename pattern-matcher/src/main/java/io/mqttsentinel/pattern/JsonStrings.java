package io.mqttsentinel.pattern;

/**
 * Finds the strings of a JSON text, keys included, without a model of it and without a grammar: a
 * broken text yields what looks like its strings.
 */
final class JsonStrings {

  /** Between joined strings: no space, no word, in no rule. */
  static final byte SEPARATOR = 0x1e;

  private JsonStrings() {}

  /** The text begins as an object, an array or a string does. */
  static boolean looksLike(byte[] text, int length) {
    int at = 0;
    while (at < length && text[at] <= ' ' && text[at] >= 0) {
      at++;
    }
    return at < length && (text[at] == '{' || text[at] == '[' || text[at] == '"');
  }

  /** Adds the strings that show a trace of an encoding, unescaped, to {@code out}. */
  static void joinEncoded(byte[] text, int length, ByteBuilder out) {
    for (int at = 0; at < length; at++) {
      if (text[at] != '"') {
        continue;
      }
      int from = at + 1;
      boolean encoded = false;
      for (at = from; at < length && text[at] != '"'; at++) {
        byte b = text[at];
        if (b == '\\') {
          encoded = true;
          at++;
        } else if (b == '%' || b == '&' || b < 0) {
          encoded = true;
        }
      }
      if (encoded) {
        Escapes.decode(text, from, Math.min(at, length), out);
        out.add(SEPARATOR);
      }
    }
  }
}
