package io.mqttsentinel.pattern;

import com.google.re2j.Matcher;
import java.util.BitSet;

/**
 * A stretch of a text without what an exception matches in it, and without the bytes next to that:
 * what is found here neither overlaps nor touches an exception. In place of these bytes stands a
 * character that no pattern over bytes matches; one such stands at an edge that is not the text's.
 */
final class ExceptedText implements CharSequence {

  private static final char HIDDEN = 0x100;

  private final byte[] bytes;
  private final int from;
  private final int to;
  private final BitSet hidden = new BitSet();

  ExceptedText(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.from = from == 0 ? 0 : from - 1;
    this.to = to == bytes.length ? to : to + 1;
    hidden.set(0, from - this.from);
    hidden.set(to - this.from, this.to - this.from);
  }

  /** Takes out what the exception matches; false where that is nothing. */
  boolean without(PayloadPattern exception) {
    BitSet matched = new BitSet();
    Matcher matcher = exception.matcher(this);
    while (matcher.find()) {
      matched.set(Math.max(0, matcher.start() - 1), Math.min(length(), matcher.end() + 1));
    }
    hidden.or(matched);
    return !matched.isEmpty();
  }

  /** The leftmost match in what is left, placed in the whole text, or {@code NONE}. */
  PayloadPattern.Span find(PayloadPattern pattern) {
    return find(pattern, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /**
   * The leftmost match in what is left that has bytes between two places of the whole text, or
   * {@code NONE}.
   */
  PayloadPattern.Span find(PayloadPattern pattern, int after, int before) {
    Matcher matcher = pattern.matcher(this);
    while (matcher.find()) {
      int start = from + matcher.start();
      if (start >= before) {
        break;
      }
      if (from + matcher.end() > after) {
        return new PayloadPattern.Span(start, matcher.end() - matcher.start());
      }
    }
    return PayloadPattern.Span.NONE;
  }

  @Override
  public int length() {
    return to - from;
  }

  @Override
  public char charAt(int index) {
    return hidden.get(index) ? HIDDEN : (char) (bytes[from + index] & 0xff);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    throw new UnsupportedOperationException("matches are asked for their places only");
  }

  @Override
  public String toString() {
    return "%d of %d bytes".formatted(length() - hidden.cardinality(), bytes.length);
  }
}
