package io.mqttsentinel.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micronaut.core.annotation.Nullable;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Remembers which passwords fit which stored hashes, where hashing is made to take long: a fleet
 * that comes back would cost minutes of it. The stored hash is read anew each time and is part of
 * the question, so a changed password is never let in by memory. What does not fit is not
 * remembered: guessing stays as slow as the hash makes it.
 */
final class VerifiedPasswords {

  private final Cache<ByteBuffer, Boolean> fitting;
  private final AuthCacheKey keys = new AuthCacheKey();

  /**
   * @param lifetime of what is remembered; zero: nothing is
   */
  VerifiedPasswords(Duration lifetime, int maxEntries, Ticker ticker) {
    this.fitting =
        Caffeine.newBuilder()
            .maximumSize(lifetime.isZero() ? 0 : maxEntries)
            .expireAfterWrite(lifetime)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /**
   * As {@link PasswordHash#matches}, which it asks where it does not know.
   *
   * @throws IllegalArgumentException if the stored text is of no known kind
   */
  boolean matches(@Nullable String stored, @Nullable String salt, byte[] password) {
    if (stored == null || !PasswordHash.isSlow(stored)) {
      return PasswordHash.matches(stored, salt, password);
    }
    if (isKnown(stored, password)) {
      return true;
    }
    boolean matches = PasswordHash.matches(stored, salt, password);
    if (matches) {
      fitting.put(keys.of(stored, password), true);
    }
    return matches;
  }

  /** Whether {@link #matches} is a matter of microseconds. */
  boolean isQuick(@Nullable String stored, byte[] password) {
    return stored == null || !PasswordHash.isSlow(stored) || isKnown(stored, password);
  }

  /** Whether it is remembered that the password fits. */
  boolean isKnown(String stored, byte[] password) {
    return fitting.getIfPresent(keys.of(stored, password)) != null;
  }
}
