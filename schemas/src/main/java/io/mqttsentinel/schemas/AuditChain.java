package io.mqttsentinel.schemas;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.temporal.ChronoUnit;

/**
 * The hash chain of audit records: each carries the hash of the one before it, so that nobody can
 * change, remove or insert one without changing all that follow. What is hashed does not depend on
 * Avro or on later versions of the schema: a version number, then the fields in a fixed order,
 * texts as their length in bytes and UTF-8, -1 for null, numbers big-endian, times in microseconds.
 */
public final class AuditChain {

  /** What the first record of a chain carries as the hash before it. */
  public static final ByteBuffer BEGINNING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private static final int VERSION = 1;

  private AuditChain() {}

  /** SHA-256 over everything in the record but its own hash. */
  public static ByteBuffer hash(AuthAudit audit) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(canonical(audit)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] canonical(AuthAudit audit) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      text(out, audit.getProducer());
      out.writeLong(audit.getSequence());
      ByteBuffer previous = audit.getPreviousHash().duplicate();
      out.writeInt(previous.remaining());
      while (previous.hasRemaining()) {
        out.writeByte(previous.get());
      }
      out.writeLong(ChronoUnit.MICROS.between(java.time.Instant.EPOCH, audit.getAt()));
      text(out, audit.getRegion());
      text(out, audit.getEdge());
      text(out, audit.getClientId());
      out.writeLong(audit.getEpoch());
      text(out, audit.getUsername());
      text(out, audit.getRemoteAddress());
      text(out, audit.getActivity().name());
      text(out, audit.getOutcome().name());
      text(out, audit.getCause());
      out.writeInt(audit.getReasonCode());
      text(out, audit.getAuthenticator());
      text(out, audit.getTopic());
      out.writeLong(audit.getElapsedMicros());
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }
}
