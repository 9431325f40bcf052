package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Character references of HTML: all numeric ones, and the names that matter in markup. */
final class HtmlEntities {

  private static final int LONGEST_NAME = 16;
  private static final int MOST_DIGITS = 12;

  private static final Map<String, Character> NAMES =
      Map.ofEntries(
          Map.entry("lt", '<'),
          Map.entry("gt", '>'),
          Map.entry("amp", '&'),
          Map.entry("quot", '"'),
          Map.entry("apos", '\''),
          Map.entry("nbsp", ' '),
          Map.entry("tab", '\t'),
          Map.entry("newline", '\n'),
          Map.entry("colon", ':'),
          Map.entry("semi", ';'),
          Map.entry("comma", ','),
          Map.entry("period", '.'),
          Map.entry("equals", '='),
          Map.entry("lpar", '('),
          Map.entry("rpar", ')'),
          Map.entry("lsqb", '['),
          Map.entry("rsqb", ']'),
          Map.entry("lbrack", '['),
          Map.entry("rbrack", ']'),
          Map.entry("lcub", '{'),
          Map.entry("rcub", '}'),
          Map.entry("sol", '/'),
          Map.entry("bsol", '\\'),
          Map.entry("vert", '|'),
          Map.entry("verbar", '|'),
          Map.entry("grave", '`'),
          Map.entry("dollar", '$'),
          Map.entry("percnt", '%'),
          Map.entry("num", '#'),
          Map.entry("excl", '!'),
          Map.entry("quest", '?'),
          Map.entry("ast", '*'),
          Map.entry("plus", '+'));

  /** Names that browsers know without a semicolon, whatever follows. */
  private static final String[] OLD = {"lt", "gt", "amp", "quot", "nbsp"};

  private HtmlEntities() {}

  static void decode(byte[] text, int length, ByteBuilder out) {
    for (int i = 0; i < length; i++) {
      int used = text[i] == '&' ? reference(text, i, length, out) : 0;
      if (used == 0) {
        out.add(text[i]);
      } else {
        i += used - 1;
      }
    }
  }

  /** Writes what a reference stands for and answers its length; 0 for none. */
  private static int reference(byte[] text, int at, int length, ByteBuilder out) {
    return at + 2 < length && text[at + 1] == '#'
        ? numeric(text, at, length, out)
        : named(text, at, length, out);
  }

  private static int numeric(byte[] text, int at, int length, ByteBuilder out) {
    boolean hex = (text[at + 2] | 0x20) == 'x';
    int radix = hex ? 16 : 10;
    int from = hex ? at + 3 : at + 2;
    int end = from;
    long value = 0;
    while (end < length && end < from + MOST_DIGITS && Character.digit(text[end], radix) >= 0) {
      value = value * radix + Character.digit(text[end++], radix);
    }
    if (end == from) {
      return 0;
    }
    out.addCodePoint((int) Math.min(value, 0x110000));
    return withSemicolon(text, end, length) - at;
  }

  private static int named(byte[] text, int at, int length, ByteBuilder out) {
    int end = at + 1;
    while (end < length && end <= at + LONGEST_NAME && Signals.isLetter(text[end])) {
      end++;
    }
    String name =
        new String(text, at + 1, end - at - 1, StandardCharsets.ISO_8859_1)
            .toLowerCase(java.util.Locale.ROOT);
    Character meant = NAMES.get(name);
    if (meant != null) {
      out.add(meant);
      return withSemicolon(text, end, length) - at;
    }
    for (String old : OLD) {
      if (name.startsWith(old)) {
        out.add(NAMES.get(old));
        return old.length() + 1;
      }
    }
    return 0;
  }

  private static int withSemicolon(byte[] text, int end, int length) {
    return end < length && text[end] == ';' ? end + 1 : end;
  }
}
