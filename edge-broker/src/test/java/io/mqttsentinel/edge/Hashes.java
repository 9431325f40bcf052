package io.mqttsentinel.edge;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Makes hashes by other means than the code under test does. */
final class Hashes {

  private Hashes() {}

  static String sha256(String salt, String password) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((salt + password).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pbkdf2(String name, String algorithm, int iterations, String password) {
    byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    try {
      byte[] hash =
          SecretKeyFactory.getInstance(algorithm)
              .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
              .getEncoded();
      Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
      return "$%s$%d$%s$%s"
          .formatted(name, iterations, encoder.encodeToString(salt), encoder.encodeToString(hash));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
