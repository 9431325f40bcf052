package io.mqttsentinel.anomaly;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A stretch of base64, base64url or hex inside a payload: a JSON string, a form field, the whole of
 * it. Found by its letters and not by parsing what surrounds it, so that it is found in every
 * format and in broken ones. Line breaks and escapes as JSON writes them ({@code \/}, {@code \n})
 * belong to it.
 */
final class EncodedRun {

  private static final byte[] KIND = new byte[256];
  private static final byte OTHER = 0;
  private static final byte UPPER = 1;
  private static final byte LOWER = 2;
  private static final byte DIGIT = 4;
  private static final byte SIGN = 8;
  private static final byte MIXED = UPPER | LOWER | DIGIT;

  static {
    fill('A', 'Z', UPPER);
    fill('a', 'z', LOWER);
    fill('0', '9', DIGIT);
    for (char c : "+/-_".toCharArray()) {
      KIND[c] = SIGN;
    }
  }

  private final String decoder;
  private final int from;
  private final int to;
  private final byte[] decoded;

  private EncodedRun(String decoder, int from, int to, byte[] decoded) {
    this.decoder = decoder;
    this.from = from;
    this.to = to;
    this.decoded = decoded;
  }

  /**
   * The next run that may be one.
   *
   * @param leastDecoded shorter ones are passed over
   * @return null where there is none
   */
  static EncodedRun next(byte[] data, int start, int leastDecoded) {
    int leastLetters = (leastDecoded * 4 + 2) / 3;
    int lower = start;
    // A run that is long enough covers one of these places: most bytes need no look at all.
    int probe = start + leastLetters - 1;
    while (probe < data.length) {
      if (!mayBelong(data[probe])) {
        lower = probe + 1;
        probe += leastLetters;
        continue;
      }
      int from = probe;
      while (from > lower && mayBelong(data[from - 1])) {
        from--;
      }
      while (from <= probe) {
        if (KIND[data[from] & 0xff] == OTHER) {
          from++;
          continue;
        }
        Scan scan = new Scan(data, from);
        scan.run();
        if (scan.letters >= leastLetters) {
          byte[] decoded = scan.decode(leastDecoded);
          if (decoded.length >= leastDecoded) {
            return new EncodedRun(scan.isHex ? "hex" : "base64", from, scan.at, decoded);
          }
        }
        from = scan.at;
      }
      lower = from;
      probe = from + leastLetters - 1;
    }
    return null;
  }

  /** Either base64 or hex. */
  String decoder() {
    return decoder;
  }

  /** Where it begins in the payload. */
  int from() {
    return from;
  }

  /** Where it ends in the payload. */
  int to() {
    return to;
  }

  /** The bytes behind it. */
  byte[] decoded() {
    return decoded;
  }

  private static boolean mayBelong(byte b) {
    return KIND[b & 0xff] != OTHER || b == '\r' || b == '\n' || b == '\\';
  }

  private static void fill(char first, char last, byte kind) {
    for (char c = first; c <= last; c++) {
      KIND[c] = kind;
    }
  }

  /** Walks over one run and remembers what it saw. */
  private static final class Scan {

    private final byte[] data;
    private final int from;
    private int at;
    private int letters;
    private int kinds;
    private boolean isHex = true;

    Scan(byte[] data, int from) {
      this.data = data;
      this.from = from;
      this.at = from;
    }

    void run() {
      while (at < data.length) {
        int kind = KIND[data[at] & 0xff];
        if (kind != OTHER) {
          kinds |= kind;
          isHex &= HexFormat.isHexDigit(data[at]);
          letters++;
          at++;
          continue;
        }
        int gap = gap();
        if (gap == 0) {
          return;
        }
        at += gap;
      }
    }

    /**
     * How many bytes of a line break or of an escape lie here, with more of the run behind them.
     */
    private int gap() {
      int end = at;
      while (end < data.length && (data[end] == '\r' || data[end] == '\n')) {
        end++;
      }
      while (end + 1 < data.length
          && data[end] == '\\'
          && (data[end + 1] == 'n' || data[end + 1] == 'r')) {
        end += 2;
      }
      if (end + 1 < data.length && data[end] == '\\' && data[end + 1] == '/') {
        end++; // the slash itself belongs to the run
      }
      return end < data.length && KIND[data[end] & 0xff] != OTHER ? end - at : 0;
    }

    byte[] decode(int leastDecoded) {
      if (isHex && letters / 2 >= leastDecoded) {
        return HexFormat.of().parseHex(new String(text(letters & ~1), StandardCharsets.ISO_8859_1));
      }
      isHex = false;
      // Random bytes show capitals, small letters and digits; words and paths do not.
      return (kinds & MIXED) == MIXED
          ? Base64.getDecoder().decode(text(letters % 4 == 1 ? letters - 1 : letters))
          : new byte[0];
    }

    /** The first letters alone, in the alphabet with + and /. */
    private byte[] text(int length) {
      byte[] text = new byte[length];
      int n = 0;
      for (int i = from; i < at && n < text.length; i++) {
        if (KIND[data[i] & 0xff] == OTHER) {
          i += data[i] == '\\' && data[i + 1] != '/' ? 1 : 0;
          continue;
        }
        text[n++] =
            switch (data[i]) {
              case '-' -> '+';
              case '_' -> '/';
              default -> data[i];
            };
      }
      return text;
    }
  }
}
