package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class VerifiedPasswordsTest {

  private static final String PASSWORD = "pässword";

  private final AtomicLong nanos = new AtomicLong();
  private final VerifiedPasswords verified =
      new VerifiedPasswords(Duration.ofHours(1), 100, nanos::get);

  private final String stored = pbkdf2(PASSWORD);

  @Test
  void whatFitsIsRememberedForAWhile() {
    assertTrue(matches(stored, PASSWORD));
    assertTrue(verified.isKnown(stored, bytes(PASSWORD)));
    assertTrue(matches(stored, PASSWORD));
    nanos.addAndGet(Duration.ofHours(2).toNanos());
    assertFalse(verified.isKnown(stored, bytes(PASSWORD)));
    assertTrue(matches(stored, PASSWORD));
  }

  @Test
  void whatDoesNotFitIsNotRemembered() {
    assertFalse(matches(stored, "guess"));
    assertFalse(verified.isKnown(stored, bytes("guess")));
  }

  @Test
  void aPasswordThatWasChangedIsNotLetIn() {
    assertTrue(matches(stored, PASSWORD));
    String changed = pbkdf2("another");
    assertFalse(matches(changed, PASSWORD));
    assertTrue(matches(changed, "another"));
  }

  @Test
  void theSamePasswordHashedAnewIsAnotherQuestion() {
    assertTrue(matches(stored, PASSWORD));
    String anew = Hashes.pbkdf2("pbkdf2-sha256", "PBKDF2WithHmacSHA256", 11, PASSWORD);
    assertFalse(verified.isKnown(anew, bytes(PASSWORD)));
  }

  @Test
  void cheapHashesAreHashedEachTime() {
    String cheap = Hashes.sha256("salt", PASSWORD);
    assertTrue(verified.matches(cheap, "salt", bytes(PASSWORD)));
    assertFalse(verified.isKnown(cheap, bytes(PASSWORD)));
    assertFalse(verified.matches(cheap, "other", bytes(PASSWORD)));
  }

  @Test
  void nothingIsRememberedForNoTime() {
    VerifiedPasswords none = new VerifiedPasswords(Duration.ZERO, 100, nanos::get);
    assertTrue(none.matches(stored, null, bytes(PASSWORD)));
    assertFalse(none.isKnown(stored, bytes(PASSWORD)));
  }

  @Test
  void unknownKindsAreNamed() {
    assertThrows(IllegalArgumentException.class, () -> matches(null, PASSWORD));
    assertThrows(IllegalArgumentException.class, () -> matches("$1$md5", PASSWORD));
  }

  private boolean matches(String hash, String password) {
    return verified.matches(hash, null, bytes(password));
  }

  private static String pbkdf2(String password) {
    return Hashes.pbkdf2("pbkdf2-sha256", "PBKDF2WithHmacSHA256", 10, password);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
