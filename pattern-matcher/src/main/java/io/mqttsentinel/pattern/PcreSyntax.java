package io.mqttsentinel.pattern;

import java.util.Map;

/**
 * Brings an expression in PCRE's syntax into the rule language, where {@code $} never is before a
 * last line break, a dot is any byte and a piece may stand behind another. What the rule language
 * lacks is refused by its own parser. Made for one expression.
 */
final class PcreSyntax {

  private static final Map<String, String> POSIX =
      Map.of(
          "alpha", "a-zA-Z",
          "digit", "0-9",
          "alnum", "a-zA-Z0-9",
          "upper", "A-Z",
          "lower", "a-z",
          "space", "\\s",
          "xdigit", "0-9a-fA-F",
          "word", "\\w",
          "punct", "!-\\/:-@\\[-`{-~");

  private final String pattern;
  private final boolean lines;
  private final boolean endOnly;
  private final boolean bytes;

  /** With a choice at the top an anchor belongs to one option only. */
  private final boolean choice;

  private final StringBuilder out = new StringBuilder();
  private int at;
  private int depth;
  private boolean dots;
  private boolean choiceAtTop;
  private boolean first;
  private boolean last;
  private boolean lastBreak;
  private boolean startInside;
  private boolean endInside;

  private PcreSyntax(String pattern, String flags, boolean bytes, boolean choice) {
    this.pattern = pattern;
    this.choice = choice;
    this.lines = flags.indexOf('m') >= 0;
    this.endOnly = flags.indexOf('E') >= 0;
    this.bytes = bytes;
  }

  /**
   * @param fragment what it is here
   * @param startInside has an anchor for the beginning that is not its first element
   */
  record Translated(Fragment fragment, boolean startInside) {}

  /**
   * @param flags of {@code i s m A E}; {@code G} only matters for what is captured
   * @param bytes each character beyond ASCII is one byte, as in a file read as ISO 8859-1
   * @throws ImportRefusedException for what cannot be said in the rule language
   */
  static Translated translate(String pattern, String flags, boolean bytes) {
    PcreSyntax syntax = new PcreSyntax(pattern, flags, bytes, false);
    Fragment fragment = syntax.fragment(flags);
    if (syntax.choiceAtTop) {
      syntax = new PcreSyntax(pattern, flags, bytes, true);
      fragment = syntax.fragment(flags);
    }
    if (RegexShape.mayBeEmpty(fragment.regex())) {
      throw new ImportRefusedException("expression matches the empty text");
    }
    return new Translated(fragment, syntax.startInside);
  }

  private Fragment fragment(String flags) {
    if (flags.indexOf('A') >= 0) {
      first = true;
    }
    while (at < pattern.length()) {
      element();
    }
    String source = out.toString();
    boolean allBytes = flags.indexOf('s') >= 0;
    if (dots && !allBytes) {
      source = "(?-s:" + source + ")";
    } else if (choice || source.contains("(?")) {
      source = "(?:" + source + ")";
    }
    if (lastBreak) {
      source += "\\n?";
    }
    boolean ignoreCase = flags.indexOf('i') >= 0;
    return new Fragment(
        source,
        ignoreCase ? Fragment.Letters.ANY_CASE : Fragment.Letters.EXACT,
        first,
        last,
        startInside || endInside);
  }

  private void element() {
    char c = pattern.charAt(at++);
    switch (c) {
      case '\\' -> escape(false);
      case '[' -> bracketed();
      case '^' -> start(lines);
      case '$' -> end(lines, !endOnly);
      case '.' -> {
        dots = true;
        out.append(c);
      }
      default -> plain(c);
    }
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    choiceAtTop |= c == '|' && depth == 0;
  }

  private void plain(char c) {
    if (c < ' ' || c == 0x7f || (bytes && c > 0x7f)) {
      out.append("\\x%02x".formatted((int) c));
    } else {
      out.append(c);
    }
  }

  private void escape(boolean inClass) {
    if (at == pattern.length()) {
      throw new ImportRefusedException("expression ends with a single '\\'");
    }
    char c = pattern.charAt(at++);
    switch (c) {
      case 'a' -> out.append("\\x07");
      case 'e' -> out.append("\\x1b");
      case 'h' -> out.append(inClass ? "\\t \\xa0" : "[\\t \\xa0]");
      case '0' -> {
        if (at < pattern.length() && Character.isDigit(pattern.charAt(at))) {
          throw new ImportRefusedException("expression has an octal number");
        }
        out.append("\\0");
      }
      case 'A', 'Z', 'z' -> {
        if (inClass) {
          throw new ImportRefusedException("expression has '\\" + c + "' in a class");
        }
        if (c == 'A') {
          start(false);
        } else {
          end(false, c == 'Z');
        }
      }
      default -> {
        if (c < ' ' || c > '~') {
          at--; // an escape before such a character changes nothing
        } else {
          out.append('\\').append(c);
        }
      }
    }
  }

  private void bracketed() {
    out.append('[');
    if (pattern.startsWith("^", at)) {
      out.append('^');
      at++;
    }
    if (pattern.startsWith("]", at)) {
      out.append("\\]");
      at++;
    }
    while (at < pattern.length() && pattern.charAt(at) != ']') {
      char c = pattern.charAt(at++);
      if (c == '\\') {
        escape(true);
      } else if (c == '[' && pattern.startsWith(":", at)) {
        posix();
      } else {
        plain(c);
      }
    }
    if (at < pattern.length()) {
      out.append(']');
      at++;
    }
  }

  private void posix() {
    int close = pattern.indexOf(":]", at + 1);
    String name = close < 0 ? "" : pattern.substring(at + 1, close);
    String members = POSIX.get(name);
    if (members == null) {
      throw new ImportRefusedException("expression has a class '[:" + cut(name) + ":]'");
    }
    out.append(members);
    at = close + 2;
  }

  private void start(boolean ofLine) {
    boolean begins = out.isEmpty() && depth == 0;
    if (ofLine) {
      if (!begins || choice) {
        throw new ImportRefusedException("expression has '^' of a line (flag m) inside");
      }
      out.append("(?:\\A|\\n)");
      startInside = true;
    } else if (begins && !choice) {
      first = true;
    } else {
      out.append("\\A");
      startInside = true;
    }
  }

  private void end(boolean ofLine, boolean beforeBreak) {
    boolean ends = at == pattern.length() && depth == 0 && !choice;
    boolean closes = at == pattern.length() || ")|".indexOf(pattern.charAt(at)) >= 0;
    if (ends && !ofLine) {
      last = true;
      lastBreak = beforeBreak;
    } else if (ofLine ? !ends : !closes) {
      throw new ImportRefusedException("expression has an anchor for the end inside");
    } else {
      out.append(ofLine ? "(?:\\n|\\z)" : beforeBreak ? "\\n?\\z" : "\\z");
      endInside = true;
    }
  }

  private static String cut(String text) {
    return text.length() > 20 ? text.substring(0, 20) : text;
  }
}
