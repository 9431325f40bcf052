package io.mqttsentinel.pattern;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Opens gzip (RFC 1952) and zlib (RFC 1950), one layer, one stream behind the other; a bomb ends at
 * the limit of {@code out}. Check sums are not checked.
 */
final class Inflation {

  private static final int GZIP_HEADER = 10;
  private static final int GZIP_TRAILER = 8;
  private static final int ZLIB_HEADER = 2;
  private static final int ZLIB_TRAILER = 4;

  private Inflation() {}

  /** A header of gzip or zlib begins at {@code from}. */
  static boolean isCompressed(byte[] bytes, int from, int to) {
    if (to - from < 4) {
      return false;
    }
    int first = bytes[from] & 0xff;
    int second = bytes[from + 1] & 0xff;
    boolean zlib = first == 0x78 && (first << 8 | second) % 31 == 0;
    return zlib || (first == 0x1f && second == 0x8b && bytes[from + 2] == 8);
  }

  /**
   * Adds what the compressed streams hold.
   *
   * @return false where more is in the bytes than these: they end early, do not open, carry names
   *     in their headers, or something else follows
   */
  static boolean decode(byte[] bytes, int length, ByteBuilder out) {
    boolean named = false;
    int at = 0;
    try (Inflater inflater = new Inflater(true)) {
      while (isCompressed(bytes, at, length)) {
        boolean gzip = bytes[at] == 0x1f;
        named |= gzip ? bytes[at + 3] != 0 : (bytes[at + 1] & 0x20) != 0;
        int content = gzip ? gzipContent(bytes, at, length) : at + ZLIB_HEADER;
        if (content >= length) {
          return false;
        }
        inflater.reset();
        inflater.setInput(bytes, content, length - content);
        inflate(inflater, out);
        if (!inflater.finished()) {
          return false;
        }
        at = length - inflater.getRemaining() + (gzip ? GZIP_TRAILER : ZLIB_TRAILER);
      }
    } catch (DataFormatException e) {
      // Not compressed after all, or broken from here on: what came out so far is looked at.
      return false;
    }
    return at == length && !named;
  }

  private static void inflate(Inflater inflater, ByteBuilder out) throws DataFormatException {
    byte[] chunk = new byte[4096];
    while (!inflater.finished() && !out.isCut()) {
      int got = inflater.inflate(chunk);
      if (got == 0) {
        return;
      }
      out.add(chunk, 0, got);
    }
  }

  /** Behind the optional name and comment (RFC 1952, 2.3). */
  private static int gzipContent(byte[] bytes, int from, int length) {
    int flags = bytes[from + 3];
    int at = from + GZIP_HEADER;
    if ((flags & 4) != 0 && at + 2 <= length) {
      at += 2 + ((bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8);
    }
    for (int strings = Integer.bitCount(flags & 0x18); strings > 0; strings--) {
      while (at < length && bytes[at] != 0) {
        at++;
      }
      at++;
    }
    return (flags & 2) != 0 ? at + 2 : at;
  }
}
