package io.mqttsentinel.pattern;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rule's pattern, parsed once. What costs is done when somebody asks for it: where Vectorscan
 * matches, RE2J only finds the place of a match, and most patterns never have one.
 */
final class PayloadPattern {

  /** Elements of what is taken over without having an engine try it. */
  static final int LARGEST = 5_000;

  /** Elements of what an engine tries: RE2J holds each of them in memory, Vectorscan refuses it. */
  static final int LARGEST_TRIED = 50_000;

  /**
   * Calls of RE2J within each other that are taken, to compile or to match. A stack of 512 KB has
   * room for some 1300 of those that compile, and for 2200 of those that match.
   */
  static final int DEEPEST = 700;

  private final String source;
  private final Regex regex;
  private final int leastBytes;
  private final boolean divided;
  private volatile List<Set<String>> literals;
  private volatile Pattern compiled;

  private PayloadPattern(String source, Regex regex, boolean divided) {
    this.source = source;
    this.regex = regex;
    this.leastBytes = RequiredLiterals.leastBytes(regex);
    this.divided = divided;
  }

  /**
   * @throws RegexSyntaxException if the pattern is not in the rule language, or RE2J could not
   *     compile or match it on the stack of any thread
   */
  static PayloadPattern compile(String source, boolean ignoreCase, boolean dotAll) {
    Regex regex = RegexParser.parse(source, ignoreCase, dotAll);
    long depth = RegexDepth.of(RegexForJava.of(regex));
    if (depth > DEEPEST) {
      throw new RegexSyntaxException(
          "what is optional in it nests or follows each other %d deep, expected at most %d; write fewer repeats inside of repeats"
              .formatted(depth, DEEPEST));
    }
    return new PayloadPattern(source, regex, true);
  }

  String source() {
    return source;
  }

  /** Elements after all repeats are written out. */
  long size() {
    return RegexShape.size(regex);
  }

  /** Every match holds one string of each set, case folded. */
  List<Set<String>> literals() {
    List<Set<String>> known = literals;
    if (known == null) {
      known = RequiredLiterals.of(regex);
      literals = known;
    }
    return known;
  }

  /** Bytes that every match holds and that a text has little choice about. */
  int leastBytes() {
    return leastBytes;
  }

  /** What it says, each alternative for itself, in the syntax that all engines share. */
  List<String> alternatives() {
    return options().stream().map(Regex::print).toList();
  }

  /** The same as expressions; a pattern that chooses nothing is one. */
  List<Regex> options() {
    return divided ? RegexShape.alternatives(regex) : List.of(regex);
  }

  /** The same with all of its alternatives together. */
  PayloadPattern undivided() {
    return new PayloadPattern(source, regex, false);
  }

  /**
   * The alternatives of which every match needs {@link SpecialBytes}, or the others, as a pattern
   * of their own; empty where there are none.
   */
  Optional<PayloadPattern> part(boolean special) {
    List<Regex> all = options();
    List<Regex> some = all.stream().filter(one -> SpecialBytes.neededBy(one) == special).toList();
    if (some.size() == all.size()) {
      return Optional.of(this);
    }
    return some.isEmpty()
        ? Optional.empty()
        : Optional.of(new PayloadPattern(source, new Regex.Choice(some), true));
  }

  /** The leftmost match in the first {@code length} bytes, or {@link Span#NONE}. */
  Span find(byte[] bytes, int length) {
    return find(bytes, 0, length);
  }

  /** The leftmost match between two places, as if there were nothing else, or {@link Span#NONE}. */
  Span find(byte[] bytes, int from, int to) {
    Matcher matcher = compiled().matcher(new ByteText(bytes, from, to));
    return matcher.find()
        ? new Span(from + matcher.start(), matcher.end() - matcher.start())
        : Span.NONE;
  }

  /** A search that the caller goes on with from match to match; places are those of the text. */
  Matcher matcher(CharSequence text) {
    return compiled().matcher(text);
  }

  /**
   * Compiles for RE2J, which is done at the first search otherwise.
   *
   * @throws RegexSyntaxException if RE2J refuses the pattern
   */
  PayloadPattern compileForJava() {
    try {
      compiled();
      return this;
    } catch (PatternSyntaxException e) {
      throw new RegexSyntaxException(e.getDescription(), e);
    }
  }

  private Pattern compiled() {
    Pattern known = compiled;
    if (known == null) {
      known = Pattern.compile(RegexForJava.of(regex).print(), Pattern.DOTALL);
      compiled = known;
    }
    return known;
  }

  @Override
  public String toString() {
    return source;
  }

  /** Where a match lies. */
  record Span(int offset, int length) {
    static final Span NONE = new Span(-1, 0);

    boolean exists() {
      return offset >= 0;
    }
  }

  /** Bytes as characters 0 to 255: RE2J then counts in bytes, as Vectorscan does. */
  private static final class ByteText implements CharSequence {

    private final byte[] bytes;
    private final int from;
    private final int to;

    ByteText(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
    }

    @Override
    public int length() {
      return to - from;
    }

    @Override
    public char charAt(int index) {
      return (char) (bytes[from + index] & 0xff);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new ByteText(bytes, from + start, from + end);
    }

    @Override
    public String toString() {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
  }
}
