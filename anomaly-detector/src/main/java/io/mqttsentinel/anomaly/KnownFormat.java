package io.mqttsentinel.anomaly;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Formats that carry compressed or encrypted bytes by their nature, known by how they begin: that
 * they look random says nothing.
 */
final class KnownFormat {

  private static final int INFLATED = 1024;

  /** A beginning, each char one byte. */
  private record Magic(int offset, String bytes) {

    static Magic hex(String hex) {
      return new Magic(0, new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1));
    }

    static Magic text(int offset, String text) {
      return new Magic(offset, text);
    }

    boolean begins(byte[] data, int from, int to) {
      if (to - from < offset + bytes.length()) {
        return false;
      }
      for (int i = 0; i < bytes.length(); i++) {
        if ((data[from + offset + i] & 0xff) != bytes.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }

  private static final List<Magic> MAGIC =
      List.of(
          Magic.hex("1f8b08"), // gzip
          Magic.hex("28b52ffd"), // zstd
          Magic.hex("04224d18"), // LZ4
          Magic.hex("fd377a585a00"), // xz
          Magic.text(0, "BZh"),
          Magic.hex("377abcaf271c"), // 7z
          Magic.text(0, "Rar!"),
          Magic.hex("504b0304"), // zip
          Magic.hex("ff060000734e61507059"), // Snappy, framed
          Magic.hex("89504e470d0a1a0a"), // PNG
          Magic.hex("ffd8ff"), // JPEG
          Magic.text(0, "GIF8"),
          Magic.text(8, "WEBP"),
          Magic.text(4, "ftyp"), // MP4, HEIC, AVIF
          Magic.text(0, "OggS"),
          Magic.text(0, "fLaC"),
          Magic.text(0, "ID3"),
          Magic.hex("1a45dfa3"), // Matroska
          Magic.text(0, "%PDF-"),
          Magic.text(0, "PAR1"), // Parquet
          Magic.hex("4f626a01"), // Avro
          Magic.hex("0061736d")); // WebAssembly

  private KnownFormat() {}

  static boolean matches(byte[] data, int from, int to) {
    for (Magic magic : MAGIC) {
      if (magic.begins(data, from, to)) {
        return true;
      }
    }
    return isTlsRecord(data, from, to)
        || isZlib(data, from, to)
        || Cbor.isWellFormed(data, from, to);
  }

  /** RFC 8446, 5.1: type, version 3.x, a length that fits. */
  private static boolean isTlsRecord(byte[] data, int from, int to) {
    if (to - from < 6 || data[from] < 20 || data[from] > 23 || data[from + 1] != 3) {
      return false;
    }
    int length = (data[from + 3] & 0xff) << 8 | (data[from + 4] & 0xff);
    return data[from + 2] <= 4 && length <= to - from - 5;
  }

  /** RFC 1950; its two bytes of header are too common to say much, so the data has to inflate. */
  private static boolean isZlib(byte[] data, int from, int to) {
    if (to - from < 8 || data[from] != 0x78) {
      return false;
    }
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(data, from, to - from);
      return inflater.inflate(new byte[INFLATED]) > 0;
    } catch (DataFormatException e) {
      return false;
    } finally {
      inflater.end();
    }
  }
}
