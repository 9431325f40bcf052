package io.mqttsentinel.pattern;

import java.util.Arrays;

/** A growing text with a limit; what would go beyond is left out and noted. */
final class ByteBuilder {

  private byte[] bytes = new byte[256];
  private int length;
  private int limit;
  private boolean cut;

  /**
   * @throws IllegalArgumentException if there is no room for even nothing
   */
  void reset(int mostBytes) {
    if (mostBytes < 0) {
      throw new IllegalArgumentException("room for %d bytes".formatted(mostBytes));
    }
    length = 0;
    limit = mostBytes;
    cut = false;
  }

  void add(int b) {
    if (length == limit) {
      cut = true;
      return;
    }
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(limit, 2 * bytes.length));
    }
    bytes[length++] = (byte) b;
  }

  void add(byte[] from, int start, int end) {
    int room = Math.min(end - start, limit - length);
    cut |= room < end - start;
    if (length + room > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + room, Math.min(limit, 2 * bytes.length)));
    }
    System.arraycopy(from, start, bytes, length, room);
    length += room;
  }

  /** Makes sure that {@code more} bytes fit without growing, as far as the limit allows. */
  void reserve(int more) {
    int wanted = Math.min(length + more, limit);
    if (wanted > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(wanted, Math.min(limit, 2 * bytes.length)));
    }
  }

  /** The UTF-8 form of a code point; of a lone surrogate, a question mark. */
  void addCodePoint(int c) {
    if (c < 0x80) {
      add(c);
    } else if (c < 0x800) {
      add(0xc0 | c >> 6);
      add(0x80 | (c & 0x3f));
    } else if ((c >= 0xd800 && c < 0xe000) || c > 0x10ffff) {
      add('?');
    } else if (c < 0x10000) {
      add(0xe0 | c >> 12);
      add(0x80 | (c >> 6 & 0x3f));
      add(0x80 | (c & 0x3f));
    } else {
      add(0xf0 | c >> 18);
      add(0x80 | (c >> 12 & 0x3f));
      add(0x80 | (c >> 6 & 0x3f));
      add(0x80 | (c & 0x3f));
    }
  }

  /** Forgets what was added after the first {@code kept} bytes. */
  void shorten(int kept) {
    length = kept;
  }

  int length() {
    return length;
  }

  byte[] bytes() {
    return bytes;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  /** Something was left out. */
  boolean isCut() {
    return cut;
  }

  boolean isSame(byte[] other, int otherLength) {
    return Arrays.equals(bytes, 0, length, other, 0, otherLength);
  }
}
