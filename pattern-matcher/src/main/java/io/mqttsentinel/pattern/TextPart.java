package io.mqttsentinel.pattern;

/**
 * A part of a text with a byte in front and behind that is neither a word's nor a quote nor white
 * space, so that nothing takes the edges of the part for those of the text. Reused from part to
 * part.
 */
final class TextPart {

  private static final byte EDGE = 1;

  private final byte[] bytes;
  private int length;
  private int base;

  /**
   * @param most bytes of the longest part
   */
  TextPart(int most) {
    bytes = new byte[most + 2];
  }

  TextPart of(byte[] text, int from, int to) {
    boolean begins = from == 0;
    length = 0;
    if (!begins) {
      bytes[length++] = EDGE;
    }
    System.arraycopy(text, from, bytes, length, to - from);
    length += to - from;
    if (to < text.length) {
      bytes[length++] = EDGE;
    }
    base = begins ? 0 : from - 1;
    return this;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** What is to be added to a place in the part to get the place in the text. */
  int base() {
    return base;
  }
}
