package io.mqttsentinel.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a MaxMind DB of IPv4 (format 2.0, records of 24 bits) that knows one thing: which country
 * and provider the lower and the upper half of the address space belong to, or where they lie.
 */
public final class TinyMmdb {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private TinyMmdb() {}

  /**
   * With country and provider.
   *
   * @throws IOException if the file cannot be written
   */
  public static Path write(Path file, String lower, String upper, int asn) throws IOException {
    return write(file, record(lower, asn), record(upper, asn));
  }

  /**
   * With places, each as latitude and longitude in degrees and the radius in km that it may be
   * wrong by.
   *
   * @throws IOException if the file cannot be written
   */
  public static Path writePlaces(Path file, double[] lower, double[] upper, int accuracy)
      throws IOException {
    return write(file, place(lower, accuracy), place(upper, accuracy));
  }

  private static Path write(Path file, byte[] lower, byte[] upper) throws IOException {
    TinyMmdb db = new TinyMmdb();
    // One node; records beyond the node count point into the data, 16 bytes behind the tree.
    db.number(1 + 16);
    db.number(1 + 16 + lower.length);
    db.out.writeBytes(new byte[16]);
    db.out.writeBytes(lower);
    db.out.writeBytes(upper);
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

  private static byte[] place(double[] point, int accuracy) {
    TinyMmdb record = new TinyMmdb();
    record.map(1);
    record.text("location");
    record.map(3);
    record.text("latitude");
    record.real(point[0]);
    record.text("longitude");
    record.real(point[1]);
    record.text("accuracy_radius");
    record.unsigned(accuracy);
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

  /** As double. */
  private void real(double value) {
    out.write(3 << 5 | 8);
    out.writeBytes(ByteBuffer.allocate(8).putDouble(value).array());
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
