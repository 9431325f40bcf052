package io.mqttsentinel.anomaly;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a MaxMind DB of IPv4 (format 2.0, records of 24 bits) that knows one thing: which country
 * and provider the lower and the upper half of the address space belong to.
 */
final class TinyMmdb {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private TinyMmdb() {}

  static Path write(Path file, String lower, String upper, int asn) throws IOException {
    TinyMmdb db = new TinyMmdb();
    byte[] first = record(lower, asn);
    // One node; records beyond the node count point into the data, 16 bytes behind the tree.
    db.number(1 + 16);
    db.number(1 + 16 + first.length);
    db.out.writeBytes(new byte[16]);
    db.out.writeBytes(first);
    db.out.writeBytes(record(upper, asn));
    db.out.writeBytes(new byte[] {(byte) 0xab, (byte) 0xcd, (byte) 0xef});
    db.out.writeBytes("MaxMind.com".getBytes(StandardCharsets.US_ASCII));
    db.metadata();
    return Files.write(file, db.out.toByteArray());
  }

  private static byte[] record(String country, int asn) {
    TinyMmdb record = new TinyMmdb();
    record.map(2);
    record.text("country_code");
    record.text(country);
    record.text("autonomous_system_number");
    record.unsigned(asn);
    return record.out.toByteArray();
  }

  private void metadata() {
    map(9);
    text("node_count");
    unsigned(1);
    text("record_size");
    unsigned(24);
    text("ip_version");
    unsigned(4);
    text("database_type");
    text("tiny");
    text("languages");
    out.write(0);
    out.write(11 - 7);
    text("binary_format_major_version");
    unsigned(2);
    text("binary_format_minor_version");
    unsigned(0);
    text("build_epoch");
    unsigned(1);
    text("description");
    map(0);
  }

  private void number(int value) {
    out.write(value >> 16);
    out.write(value >> 8);
    out.write(value);
  }

  private void map(int size) {
    out.write(7 << 5 | size);
  }

  private void text(String text) {
    int length = text.length();
    if (length < 29) {
      out.write(2 << 5 | length);
    } else {
      out.write(2 << 5 | 29);
      out.write(length - 29);
    }
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As uint32. */
  private void unsigned(int value) {
    out.write(6 << 5 | 4);
    out.write(value >> 24);
    out.write(value >> 16);
    out.write(value >> 8);
    out.write(value);
  }
}
