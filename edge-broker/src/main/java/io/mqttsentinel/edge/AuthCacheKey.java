package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stands for all that an authenticator sees of an attempt, by HMAC-SHA-256 with a random key of
 * this process, so that no cache holds a password. Each cache has a key of its own.
 */
final class AuthCacheKey {

  private static final String ALGORITHM = "HmacSHA256";

  /** Never used itself: a copy costs a fraction of a new one. */
  private final Mac prototype;

  AuthCacheKey() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    try {
      prototype = Mac.getInstance(ALGORITHM);
      prototype.init(new SecretKeySpec(random, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  ByteBuffer of(ConnectAttempt attempt) {
    Mac mac = mac();
    add(mac, attempt.listener().name());
    add(mac, attempt.clientId());
    add(mac, attempt.username());
    add(mac, attempt.password() == null ? null : attempt.password().bytes());
    add(mac, attempt.peerHost());
    add(mac, attempt.certificate() == null ? null : attempt.certificate().fingerprint());
    return ByteBuffer.wrap(mac.doFinal());
  }

  /** Of a password and the stored hash that it is held against. */
  ByteBuffer of(String storedHash, byte[] password) {
    Mac mac = mac();
    add(mac, storedHash);
    add(mac, password);
    return ByteBuffer.wrap(mac.doFinal());
  }

  private Mac mac() {
    try {
      return (Mac) prototype.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("every JDK can copy " + ALGORITHM, e);
    }
  }

  private static void add(Mac mac, @Nullable String text) {
    add(mac, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
  }

  /** With its length in front, so that no two attempts look the same. */
  private static void add(Mac mac, byte @Nullable [] bytes) {
    int length = bytes == null ? -1 : bytes.length;
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
    if (bytes != null) {
      mac.update(bytes);
    }
  }
}
