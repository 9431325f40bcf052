package io.mqttsentinel.pattern;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Opens gzip and zlib, one layer; a bomb ends at the limit of {@code out}. */
final class Inflation {

  private static final int GZIP_HEADER = 10;

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

  static void decode(byte[] bytes, int length, ByteBuilder out) {
    boolean gzip = (bytes[0] & 0xff) == 0x1f;
    int from = gzip ? gzipContent(bytes, length) : 0;
    if (from >= length) {
      return;
    }
    byte[] chunk = new byte[4096];
    try (Inflater inflater = new Inflater(gzip)) {
      inflater.setInput(bytes, from, length - from);
      while (!inflater.finished() && !out.isCut()) {
        int got = inflater.inflate(chunk);
        if (got == 0) {
          return;
        }
        out.add(chunk, 0, got);
      }
    } catch (DataFormatException e) {
      // Not compressed after all, or broken from here on: what came out so far is looked at.
      return;
    }
  }

  /** Behind the optional name and comment (RFC 1952, 2.3). */
  private static int gzipContent(byte[] bytes, int length) {
    int flags = bytes[3];
    int at = GZIP_HEADER;
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
