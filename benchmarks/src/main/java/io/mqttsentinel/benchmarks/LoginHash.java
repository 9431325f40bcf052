package io.mqttsentinel.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * How the accounts' passwords are stored. Plain SHA-256 has a salt and a password of each account;
 * of the slow ones all accounts share one, since what a check costs is the same and a million of
 * them would take hours to make.
 */
enum LoginHash {
  SHA256,
  /** Cost 10. */
  BCRYPT,
  /** 19 MiB, 2 passes, 1 lane. */
  ARGON2ID,
  /** HMAC-SHA-256, 600 000 rounds. */
  PBKDF2;

  private static final String SHARED_PASSWORD = "shared by all accounts";
  private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
  private static final int BCRYPT_COST = 10;
  private static final int ARGON2_KIB = 19_456;
  private static final int ARGON2_PASSES = 2;
  private static final int PBKDF2_ROUNDS = 600_000;
  private static final int BYTES = 32;

  /**
   * Reads the name of one.
   *
   * @throws IllegalArgumentException naming the option, its value and what was expected
   */
  static LoginHash parse(String option, String text) {
    return Arrays.stream(values())
        .filter(hash -> hash.word().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s is '%s', expected sha256, bcrypt, argon2id or pbkdf2"
                        .formatted(option, text)));
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String password(int account) {
    return this == SHA256 ? "pw-" + account : SHARED_PASSWORD;
  }

  /** What is stored for every account; empty where each has its own. */
  Optional<String> shared() {
    return switch (this) {
      case SHA256 -> Optional.empty();
      case BCRYPT ->
          Optional.of(
              OpenBSDBCrypt.generate("2b", SHARED_PASSWORD.toCharArray(), SALT, BCRYPT_COST));
      case ARGON2ID -> Optional.of(argon2id());
      case PBKDF2 -> Optional.of(pbkdf2());
    };
  }

  /** Of the edge: with one hash for all accounts, it would hash once and remember. */
  Map<String, String> settings() {
    return this == SHA256 ? Map.of() : Map.of("sentinel.edge.auth.cache.verified", "0s");
  }

  private static String argon2id() {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(ARGON2_KIB)
            .withIterations(ARGON2_PASSES)
            .withParallelism(1)
            .withSalt(SALT)
            .build());
    byte[] hash = new byte[BYTES];
    generator.generateBytes(bytes(), hash);
    return "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s"
        .formatted(ARGON2_KIB, ARGON2_PASSES, base64(SALT), base64(hash));
  }

  private static String pbkdf2() {
    PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
    generator.init(bytes(), SALT, PBKDF2_ROUNDS);
    byte[] hash = ((KeyParameter) generator.generateDerivedMacParameters(BYTES * 8)).getKey();
    return "$pbkdf2-sha256$%d$%s$%s".formatted(PBKDF2_ROUNDS, base64(SALT), base64(hash));
  }

  private static byte[] bytes() {
    return SHARED_PASSWORD.getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }
}
