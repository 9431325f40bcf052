package io.mqttsentinel.pattern;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** A rule's pattern: parsed once, compiled for RE2J, which finds the place of a match. */
final class PayloadPattern {

  private final String source;
  private final String printed;
  private final List<Set<String>> literals;
  private final int leastBytes;
  private final boolean needsSpecialByte;
  private final Pattern compiled;

  private PayloadPattern(String source, Regex regex) {
    this.source = source;
    this.printed = regex.print();
    this.literals = RequiredLiterals.of(regex);
    this.leastBytes = RequiredLiterals.leastBytes(regex);
    this.needsSpecialByte = SpecialBytes.neededBy(regex);
    this.compiled = Pattern.compile(printed, Pattern.DOTALL);
  }

  /**
   * @throws RegexSyntaxException if the pattern is not in the rule language
   */
  static PayloadPattern compile(String source, boolean ignoreCase, boolean dotAll) {
    try {
      return new PayloadPattern(source, RegexParser.parse(source, ignoreCase, dotAll));
    } catch (PatternSyntaxException e) {
      throw new RegexSyntaxException(e.getDescription(), e);
    }
  }

  String source() {
    return source;
  }

  /** In the syntax that all engines share. */
  String printed() {
    return printed;
  }

  /** Every match holds one string of each set, case folded. */
  List<Set<String>> literals() {
    return literals;
  }

  /** Bytes that every match holds and that a text has little choice about. */
  int leastBytes() {
    return leastBytes;
  }

  /** Whether every match holds one of the {@link SpecialBytes}. */
  boolean needsSpecialByte() {
    return needsSpecialByte;
  }

  /** The leftmost match in the first {@code length} bytes, or {@link Span#NONE}. */
  Span find(byte[] bytes, int length) {
    return find(bytes, 0, length);
  }

  /** The leftmost match between two places, as if there were nothing else, or {@link Span#NONE}. */
  Span find(byte[] bytes, int from, int to) {
    Matcher matcher = compiled.matcher(new ByteText(bytes, from, to));
    return matcher.find()
        ? new Span(from + matcher.start(), matcher.end() - matcher.start())
        : Span.NONE;
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
