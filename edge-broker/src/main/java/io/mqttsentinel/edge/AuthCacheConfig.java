package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;
import java.util.List;

/**
 * How long decisions on who may connect are remembered, in this edge only. Failures never are.
 *
 * @param positive for who was let in, unless the backend names another time; less by the jitter;
 *     0s: not at all
 * @param negative for who was not
 * @param longest that a backend may ask for
 * @param jitter largest part of its time by which an entry lives shorter, at random
 * @param maxEntries that are remembered; the least used go first
 * @param staleFor how long after a backend's answer a client that it let in is let in again while
 *     the backend fails, on the listeners of stale-listeners
 * @param staleListeners where that is done: {@code tcp}, {@code websocket}, {@code tls}, {@code
 *     secure-websocket}; elsewhere a failing backend denies
 * @param verified how long it is remembered that a password fits a stored bcrypt, argon2id or
 *     PBKDF2 hash, which is read anew each time, so that a fleet that comes back costs no hashing;
 *     as many as max-entries; 0s: not at all
 */
@ConfigurationProperties("sentinel.edge.auth.cache")
record AuthCacheConfig(
    @Bindable(defaultValue = "60s") Duration positive,
    @Bindable(defaultValue = "3s") Duration negative,
    @Bindable(defaultValue = "10m") Duration longest,
    @Bindable(defaultValue = "0.2") double jitter,
    @Bindable(defaultValue = "100000") int maxEntries,
    @Bindable(defaultValue = "5m") Duration staleFor,
    @Nullable List<Listener> staleListeners,
    @Bindable(defaultValue = "7d") Duration verified) {

  AuthCacheConfig {
    notNegative("sentinel.edge.auth.cache.positive", positive);
    notNegative("sentinel.edge.auth.cache.negative", negative);
    notNegative("sentinel.edge.auth.cache.verified", verified);
    ConfigCheck.positive("sentinel.edge.auth.cache.longest", longest);
    ConfigCheck.between("sentinel.edge.auth.cache.jitter", jitter, 0, 1);
    ConfigCheck.atLeast("sentinel.edge.auth.cache.max-entries", maxEntries, 1);
    ConfigCheck.positive("sentinel.edge.auth.cache.stale-for", staleFor);
    staleListeners = staleListeners == null ? List.of() : List.copyOf(staleListeners);
  }

  private static void notNegative(String key, Duration value) {
    ConfigCheck.require(!value.isNegative(), key, value, "0s or more");
  }
}
