package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Checks a password against what a table stores. The stored text says itself how it was made:
 * bcrypt {@code $2a$…}, PBKDF2 {@code $pbkdf2-sha256$iterations$base64 salt$base64 hash} (or
 * sha512), or hex SHA-256 of salt and password with the salt in a column of its own.
 */
final class PasswordHash {

  /** Most rounds that a stored hash may ask for: a table must not be able to stop the edge. */
  private static final int MAX_ITERATIONS = 10_000_000;

  private static final int SHA256_HEX_LENGTH = 64;

  private PasswordHash() {}

  /**
   * Takes as long for a wrong password as for the right one.
   *
   * @param salt of plain SHA-256, may be null
   * @throws IllegalArgumentException if the stored text is of no known kind; it is not repeated
   */
  static boolean matches(String stored, @Nullable String salt, byte[] password) {
    if (stored.startsWith("$2a$") || stored.startsWith("$2b$") || stored.startsWith("$2y$")) {
      return bcrypt(stored, password);
    }
    if (stored.startsWith("$pbkdf2-sha256$")) {
      return pbkdf2(stored, new SHA256Digest(), password);
    }
    if (stored.startsWith("$pbkdf2-sha512$")) {
      return pbkdf2(stored, new SHA512Digest(), password);
    }
    if (stored.length() == SHA256_HEX_LENGTH) {
      return sha256(stored, salt == null ? "" : salt, password);
    }
    throw new IllegalArgumentException(
        "the stored password hash is neither bcrypt nor PBKDF2 nor 64 hex digits of SHA-256");
  }

  private static boolean bcrypt(String stored, byte[] password) {
    try {
      return OpenBSDBCrypt.checkPassword(stored, password);
    } catch (RuntimeException e) { // BouncyCastle's ways to say that it is malformed
      throw new IllegalArgumentException("the stored bcrypt hash is malformed", e);
    }
  }

  private static boolean pbkdf2(String stored, Digest digest, byte[] password) {
    String[] parts = stored.split("\\$", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException(
          "the stored PBKDF2 hash has %d parts, expected iterations, salt and hash"
              .formatted(parts.length - 2));
    }
    int iterations = iterations(parts[2]);
    byte[] salt = decode(parts[3]);
    byte[] expected = decode(parts[4]);
    PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(digest);
    generator.init(password, salt, iterations);
    byte[] actual =
        ((KeyParameter) generator.generateDerivedMacParameters(expected.length * 8)).getKey();
    return MessageDigest.isEqual(expected, actual);
  }

  private static int iterations(String text) {
    try {
      int iterations = Integer.parseInt(text);
      if (iterations >= 1 && iterations <= MAX_ITERATIONS) {
        return iterations;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("PBKDF2 iterations are no number", e);
    }
    throw new IllegalArgumentException(
        "PBKDF2 iterations are %s, expected 1 to %d".formatted(text, MAX_ITERATIONS));
  }

  /** Base64 with either alphabet, with or without padding; passlib writes a dot for the plus. */
  private static byte[] decode(String base64) {
    String plain = base64.replace('.', '+').replace('-', '+').replace('_', '/').replace("=", "");
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(plain);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("salt or hash of the stored PBKDF2 is not base64", e);
    }
    if (bytes.length == 0) {
      throw new IllegalArgumentException("salt or hash of the stored PBKDF2 is empty");
    }
    return bytes;
  }

  private static boolean sha256(String stored, String salt, byte[] password) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    digest.update(salt.getBytes(StandardCharsets.UTF_8));
    byte[] actual = digest.digest(password);
    byte[] expected;
    try {
      expected = HexFormat.of().parseHex(stored.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the stored SHA-256 hash is not hex", e);
    }
    return MessageDigest.isEqual(expected, actual);
  }
}
