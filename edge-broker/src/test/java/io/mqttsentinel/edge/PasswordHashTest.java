package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {

  private static final String PASSWORD = "pässword";

  @Test
  void saltedSha256() {
    String stored = Hashes.sha256("salt", PASSWORD);
    assertTrue(PasswordHash.matches(stored, "salt", bytes(PASSWORD)));
    assertTrue(PasswordHash.matches(stored.toUpperCase(Locale.ROOT), "salt", bytes(PASSWORD)));
    assertFalse(PasswordHash.matches(stored, "other", bytes(PASSWORD)));
    assertFalse(PasswordHash.matches(stored, "salt", bytes("x")));
    assertTrue(PasswordHash.matches(Hashes.sha256("", "x"), null, bytes("x")));
  }

  @Test
  void pbkdf2() {
    String stored = Hashes.pbkdf2("pbkdf2-sha256", "PBKDF2WithHmacSHA256", 1000, PASSWORD);
    assertTrue(PasswordHash.matches(stored, null, bytes(PASSWORD)));
    assertFalse(PasswordHash.matches(stored, null, bytes("x")));
    String longer = Hashes.pbkdf2("pbkdf2-sha512", "PBKDF2WithHmacSHA512", 1000, PASSWORD);
    assertTrue(PasswordHash.matches(longer, null, bytes(PASSWORD)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "616200", "ff00fe", "c3a4c3", "f09f9880"})
  void pbkdf2OfAnyBytes(String hex) {
    byte[] password = HexFormat.of().parseHex(hex);
    PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
    generator.init(password, new byte[16], 10);
    byte[] hash = ((KeyParameter) generator.generateDerivedMacParameters(256)).getKey();
    Base64.Encoder base64 = Base64.getEncoder();
    String stored =
        "$pbkdf2-sha256$10$"
            + base64.encodeToString(new byte[16])
            + "$"
            + base64.encodeToString(hash);
    assertTrue(PasswordHash.matches(stored, null, password));
    assertFalse(PasswordHash.matches(stored, null, bytes("x")));
  }

  @ParameterizedTest // test vectors of OpenBSD's crypt_blowfish: "U*U"
  @ValueSource(
      strings = {
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
      })
  void bcrypt(String stored) {
    assertTrue(PasswordHash.matches(stored, null, bytes("U*U")));
    assertFalse(PasswordHash.matches(stored, null, bytes("U*V")));
  }

  @ParameterizedTest // test vectors of the reference implementation: "password"
  @ValueSource(
      strings = {
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
      })
  void argon2id(String stored) {
    assertTrue(PasswordHash.matches(stored, null, bytes("password")));
    assertFalse(PasswordHash.matches(stored, null, bytes("Password")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65",
        "$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$nf65",
        "$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
        "plain text",
        "$2a$05$short",
        "$pbkdf2-sha256$1000$c2FsdA",
        "$pbkdf2-sha256$0$c2FsdA$aGFzaA",
        "$pbkdf2-sha256$999999999$c2FsdA$aGFzaA",
        "$pbkdf2-sha256$many$c2FsdA$aGFzaA",
        "$pbkdf2-sha256$1000$c2FsdA$",
        "$pbkdf2-sha256$1000$§$aGFzaA",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
      })
  void whatIsNoHashMatchesNothing(String stored) {
    var failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> PasswordHash.matches(stored, null, bytes(PASSWORD)));
    assertTrue(stored.isEmpty() || !failure.getMessage().contains(stored), "it is a secret");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
