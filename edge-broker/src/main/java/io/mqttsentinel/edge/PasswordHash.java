package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Checks a password against what a table stores. The stored text says itself how it was made:
 * bcrypt {@code $2a$…}, PBKDF2 {@code $pbkdf2-sha256$iterations$base64 salt$base64 hash} (or
 * sha512), argon2id {@code $argon2id$v=19$m=…,t=…,p=…$base64 salt$base64 hash}, or hex SHA-256 of
 * salt and password with the salt in a column of its own.
 */
final class PasswordHash {

  /** Most rounds that a stored hash may ask for: a table must not be able to stop the edge. */
  private static final int MAX_ITERATIONS = 10_000_000;

  private static final int SHA256_HEX_LENGTH = 64;
  private static final int MAX_ARGON2_KIB = 256 << 10;
  private static final int MAX_ARGON2_PASSES = 100;
  private static final Pattern ARGON2ID =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})\\$([^$]+)\\$([^$]+)");

  private PasswordHash() {}

  /**
   * Takes as long for a wrong password as for the right one.
   *
   * @param stored null is of no known kind
   * @param salt of plain SHA-256, may be null
   * @throws IllegalArgumentException if the stored text is of no known kind; it is not repeated
   */
  static boolean matches(@Nullable String stored, @Nullable String salt, byte[] password) {
    if (stored == null) {
      throw new IllegalArgumentException("there is no stored password hash");
    }
    if (stored.startsWith("$2a$") || stored.startsWith("$2b$") || stored.startsWith("$2y$")) {
      return bcrypt(stored, password);
    }
    if (stored.startsWith("$pbkdf2-sha256$")) {
      return pbkdf2(stored, "PBKDF2WithHmacSHA256", new SHA256Digest(), password);
    }
    if (stored.startsWith("$pbkdf2-sha512$")) {
      return pbkdf2(stored, "PBKDF2WithHmacSHA512", new SHA512Digest(), password);
    }
    if (stored.startsWith("$argon2id$")) {
      return argon2id(stored, password);
    }
    if (stored.length() == SHA256_HEX_LENGTH) {
      return sha256(stored, salt == null ? "" : salt, password);
    }
    throw new IllegalArgumentException(
        "the stored password hash is neither bcrypt, argon2id, PBKDF2 nor 64 hex digits of"
            + " SHA-256");
  }

  /** Whether the stored text is of a kind that is made to take long. */
  static boolean isSlow(@Nullable String stored) {
    return stored != null && stored.startsWith("$");
  }

  private static boolean bcrypt(String stored, byte[] password) {
    try {
      return OpenBSDBCrypt.checkPassword(stored, password);
    } catch (RuntimeException e) { // BouncyCastle's ways to say that it is malformed
      throw new IllegalArgumentException("the stored bcrypt hash is malformed", e);
    }
  }

  private static boolean pbkdf2(String stored, String algorithm, Digest digest, byte[] password) {
    String[] parts = stored.split("\\$", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException(
          "the stored PBKDF2 hash has %d parts, expected iterations, salt and hash"
              .formatted(parts.length - 2));
    }
    int iterations = iterations(parts[2]);
    byte[] salt = decode(parts[3]);
    byte[] expected = decode(parts[4]);
    byte[] actual =
        new Password(password)
            .characters()
            .map(text -> pbkdf2(algorithm, text, salt, iterations, expected.length))
            .orElseGet(() -> pbkdf2(digest, password, salt, iterations, expected.length));
    return MessageDigest.isEqual(expected, actual);
  }

  /** By the JDK, which uses what the processor has for SHA-2: a third of BouncyCastle's time. */
  private static byte[] pbkdf2(
      String algorithm, char[] password, byte[] salt, int iterations, int length) {
    PBEKeySpec key = new PBEKeySpec(password, salt, iterations, length * 8);
    try {
      return SecretKeyFactory.getInstance(algorithm).generateSecret(key).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    } finally {
      key.clearPassword();
      Arrays.fill(password, '\0');
    }
  }

  /** The JDK takes a password as text only; this one is none. */
  private static byte[] pbkdf2(
      Digest digest, byte[] password, byte[] salt, int iterations, int length) {
    PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(digest);
    generator.init(password, salt, iterations);
    return ((KeyParameter) generator.generateDerivedMacParameters(length * 8)).getKey();
  }

  private static boolean argon2id(String stored, byte[] password) {
    Matcher parts = ARGON2ID.matcher(stored);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "the stored argon2id hash is not $argon2id$v=19$m=…,t=…,p=…$salt$hash");
    }
    int memory = Integer.parseInt(parts.group(1));
    int passes = Integer.parseInt(parts.group(2));
    int lanes = Integer.parseInt(parts.group(3));
    if (memory > MAX_ARGON2_KIB || passes < 1 || passes > MAX_ARGON2_PASSES || lanes < 1) {
      throw new IllegalArgumentException(
          "argon2id asks for m=%d,t=%d,p=%d, expected at most m=%d,t=%d"
              .formatted(memory, passes, lanes, MAX_ARGON2_KIB, MAX_ARGON2_PASSES));
    }
    try {
      return argon2id(parts, memory, passes, lanes, password);
    } catch (IllegalStateException e) { // BouncyCastle's way to say that it is too short
      throw new IllegalArgumentException("the stored argon2id hash is malformed", e);
    }
  }

  private static boolean argon2id(
      Matcher parts, int memory, int passes, int lanes, byte[] password) {
    byte[] expected = decode(parts.group(5));
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memory)
            .withIterations(passes)
            .withParallelism(lanes)
            .withSalt(decode(parts.group(4)))
            .build());
    byte[] actual = new byte[expected.length];
    generator.generateBytes(password, actual);
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
      throw new IllegalArgumentException("salt or hash of the stored text is not base64", e);
    }
    if (bytes.length == 0) {
      throw new IllegalArgumentException("salt or hash of the stored text is empty");
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
