package io.mqttsentinel.pattern;

import io.mqttsentinel.pattern.Regex.Assertion;
import io.mqttsentinel.pattern.Regex.Bytes;
import io.mqttsentinel.pattern.Regex.Choice;
import io.mqttsentinel.pattern.Regex.Repeat;
import io.mqttsentinel.pattern.Regex.Sequence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Reads the part of PCRE's syntax that can be matched without backtracking: classes, groups,
 * choices, repeats, {@code ^ $ \b \B \A \z}, {@code \d \w \s} and their opposites, {@code (?i)} and
 * {@code (?s)}. {@code $} is the end of the text only, never before a last line break. Anything
 * else is refused by name, so that no pattern means one thing here and another there. Longer than
 * other classes because it is one grammar.
 */
final class RegexParser {

  private static final int MOST_REPEATS = 1000;
  private static final int DEEPEST = 100;

  private final String pattern;
  private int at;
  private int depth;
  private boolean ignoreCase;
  private boolean dotAll;

  private RegexParser(String pattern, boolean ignoreCase, boolean dotAll) {
    this.pattern = pattern;
    this.ignoreCase = ignoreCase;
    this.dotAll = dotAll;
  }

  /**
   * @throws RegexSyntaxException if the pattern is not in the rule language
   */
  static Regex parse(String pattern, boolean ignoreCase, boolean dotAll) {
    RegexParser parser = new RegexParser(pattern, ignoreCase, dotAll);
    Regex regex = parser.choice();
    if (parser.more()) {
      throw parser.refusal("')' without '('");
    }
    return regex;
  }

  private Regex choice() {
    if (++depth > DEEPEST) {
      throw refusal("groups nest deeper than " + DEEPEST);
    }
    List<Regex> options = new ArrayList<>();
    options.add(sequence());
    while (more() && peek() == '|') {
      at++;
      options.add(sequence());
    }
    depth--;
    return options.size() == 1 ? options.getFirst() : new Choice(options);
  }

  private Regex sequence() {
    List<Regex> parts = new ArrayList<>();
    while (more() && peek() != '|' && peek() != ')') {
      Regex part = atom();
      if (part != null) {
        parts.add(repeats(part));
      }
    }
    return new Sequence(parts);
  }

  /** The next element, or null for a group that only sets flags. */
  private Regex atom() {
    char c = next();
    return switch (c) {
      case '(' -> group();
      case '[' -> new Bytes(bracketed());
      case '.' -> new Bytes(dotAll ? any() : except('\n'));
      case '^' -> Assertion.START;
      case '$' -> Assertion.END;
      case '\\' -> escape();
      case '*', '+', '?' -> throw refusal("nothing before '" + c + "' to repeat");
      default -> literal(c);
    };
  }

  private Regex group() {
    boolean caseBefore = ignoreCase;
    boolean dotBefore = dotAll;
    if (more() && peek() == '?') {
      at++;
      if (flags()) {
        return null;
      }
    }
    Regex inner = choice();
    if (!more()) {
      throw refusal("'(' without ')'");
    }
    at++;
    ignoreCase = caseBefore;
    dotAll = dotBefore;
    return inner;
  }

  /** What follows {@code (?}; true where the group ends here and only sets flags. */
  private boolean flags() {
    boolean on = true;
    while (more()) {
      char c = next();
      switch (c) {
        case 'i' -> ignoreCase = on;
        case 's' -> dotAll = on;
        case '-' -> on = false;
        case ':' -> {
          return false;
        }
        case ')' -> {
          return true;
        }
        default -> throw refusal("'(?" + c + "', expected (?:…), (?i) or (?s); no look-around");
      }
    }
    throw refusal("'(?' without ')'");
  }

  private Regex repeats(Regex part) {
    Regex repeated = part;
    boolean quantified = false;
    while (more()) {
      int[] bounds = bounds();
      if (bounds == null) {
        return repeated;
      }
      if (quantified) {
        throw refusal("a repeat of a repeat");
      }
      if (part instanceof Assertion) {
        throw refusal("a repeat of a place such as ^ or \\b");
      }
      quantified = true;
      boolean lazy = more() && peek() == '?';
      if (lazy) {
        at++;
      }
      repeated = new Repeat(part, bounds[0], bounds[1], lazy);
    }
    return repeated;
  }

  private int[] bounds() {
    return switch (peek()) {
      case '*' -> {
        at++;
        yield new int[] {0, Regex.UNBOUNDED};
      }
      case '+' -> {
        at++;
        yield new int[] {1, Regex.UNBOUNDED};
      }
      case '?' -> {
        at++;
        yield new int[] {0, 1};
      }
      case '{' -> counted();
      default -> null;
    };
  }

  /** {@code {2}}, {@code {2,}} or {@code {2,5}}; null where the brace is only a brace. */
  private int[] counted() {
    int end = pattern.indexOf('}', at);
    String inside = end < 0 ? "" : pattern.substring(at + 1, end);
    if (!inside.matches("\\d{1,6}(,\\d{0,6})?")) {
      return null;
    }
    String[] numbers = inside.split(",", -1);
    int least = Integer.parseInt(numbers[0]);
    int most =
        numbers.length == 1
            ? least
            : numbers[1].isEmpty() ? Regex.UNBOUNDED : Integer.parseInt(numbers[1]);
    if (least > MOST_REPEATS || most > MOST_REPEATS) {
      throw refusal("{%s}, expected at most %d repeats".formatted(inside, MOST_REPEATS));
    }
    if (most != Regex.UNBOUNDED && most < least) {
      throw refusal("{%s}, expected the smaller number first".formatted(inside));
    }
    at = end + 1;
    return new int[] {least, most};
  }

  private Regex escape() {
    if (!more()) {
      throw refusal("a single '\\' at the end");
    }
    char c = next();
    return switch (c) {
      case 'b' -> Assertion.WORD_BOUNDARY;
      case 'B' -> Assertion.NO_WORD_BOUNDARY;
      case 'A' -> Assertion.START;
      case 'z' -> Assertion.END;
      default -> {
        BitSet set = named(c);
        yield new Bytes(set != null ? set : one(escapedByte(c)));
      }
    };
  }

  /** {@code \d \w \s} and their opposites, or null. */
  private static BitSet named(char c) {
    BitSet set = new BitSet(Regex.BYTE_VALUES);
    switch (c) {
      case 'd', 'D' -> set.set('0', '9' + 1);
      case 's', 'S' -> {
        set.set('\t', '\r' + 1);
        set.set(' ');
      }
      case 'w', 'W' -> {
        set.set('0', '9' + 1);
        set.set('A', 'Z' + 1);
        set.set('a', 'z' + 1);
        set.set('_');
      }
      default -> {
        return null;
      }
    }
    if (Character.isUpperCase(c)) {
      set.flip(0, Regex.BYTE_VALUES);
    }
    return set;
  }

  private int escapedByte(char c) {
    return switch (c) {
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case '0' -> 0;
      case 'x' -> hex();
      default -> {
        if ((c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c)) || c == ' ') {
          yield c;
        }
        throw refusal("'\\" + c + "' is not in the rule language");
      }
    };
  }

  private int hex() {
    boolean braced = more() && peek() == '{';
    int from = braced ? at + 1 : at;
    int to = braced ? pattern.indexOf('}', at) : at + 2;
    String digits = to < from || to > pattern.length() ? "" : pattern.substring(from, to);
    if (!digits.matches("[0-9a-fA-F]{1,2}")) {
      throw refusal("'\\x', expected two hexadecimal digits (patterns match bytes)");
    }
    at = braced ? to + 1 : to;
    return Integer.parseInt(digits, 16);
  }

  private BitSet bracketed() {
    boolean negated = more() && peek() == '^';
    if (negated) {
      at++;
    }
    BitSet set = new BitSet(Regex.BYTE_VALUES);
    boolean first = true;
    while (first || !more() || peek() != ']') {
      if (!more()) {
        throw refusal("'[' without ']'");
      }
      first = false;
      member(set);
    }
    at++;
    if (ignoreCase) {
      foldCase(set);
    }
    if (negated) {
      set.flip(0, Regex.BYTE_VALUES);
    }
    if (set.isEmpty()) {
      throw refusal("a class without members");
    }
    return set;
  }

  private void member(BitSet set) {
    if (peek() == '[' && at + 1 < pattern.length() && ":.=".indexOf(pattern.charAt(at + 1)) >= 0) {
      throw refusal("a POSIX class such as [:alpha:] is not in the rule language");
    }
    char c = next();
    if (c == '\\' && more()) {
      BitSet named = named(peek());
      if (named != null) {
        at++;
        set.or(named);
        return;
      }
    }
    int from = memberByte(c);
    boolean range = at + 1 < pattern.length() && peek() == '-' && pattern.charAt(at + 1) != ']';
    if (!range) {
      set.set(from);
      return;
    }
    at++;
    int to = memberByte(next());
    if (to < from) {
      throw refusal("a range that runs backwards");
    }
    set.set(from, to + 1);
  }

  private int memberByte(char c) {
    if (c == '\\') {
      if (!more()) {
        throw refusal("'[' without ']'");
      }
      char escaped = next();
      return escaped == 'b' ? '\b' : escapedByte(escaped);
    }
    if (c > 0x7f) {
      throw refusal("'" + c + "' in a class: it has several bytes, write (?:a|" + c + ")");
    }
    return c;
  }

  /** A character as the bytes of its UTF-8 form. */
  private Regex literal(char c) {
    String text = Character.toString(c);
    if (Character.isHighSurrogate(c) && more()) {
      text += next();
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<Regex> parts = new ArrayList<>();
    for (byte b : bytes) {
      parts.add(new Bytes(one(b & 0xff)));
    }
    return parts.size() == 1 ? parts.getFirst() : new Choice(List.of(new Sequence(parts)));
  }

  private BitSet one(int value) {
    BitSet set = new BitSet(Regex.BYTE_VALUES);
    set.set(value);
    boolean letter = (value | 0x20) >= 'a' && (value | 0x20) <= 'z';
    if (ignoreCase && letter) {
      set.set(value ^ 0x20);
    }
    return set;
  }

  private static void foldCase(BitSet set) {
    for (int c = 'a'; c <= 'z'; c++) {
      int upper = c - 'a' + 'A';
      if (set.get(c) || set.get(upper)) {
        set.set(c);
        set.set(upper);
      }
    }
  }

  private static BitSet any() {
    BitSet set = new BitSet(Regex.BYTE_VALUES);
    set.set(0, Regex.BYTE_VALUES);
    return set;
  }

  private static BitSet except(char c) {
    BitSet set = any();
    set.clear(c);
    return set;
  }

  private boolean more() {
    return at < pattern.length();
  }

  private char peek() {
    return pattern.charAt(at);
  }

  private char next() {
    return pattern.charAt(at++);
  }

  private RegexSyntaxException refusal(String what) {
    return new RegexSyntaxException("at character %d: %s".formatted(Math.max(at, 1), what));
  }
}
