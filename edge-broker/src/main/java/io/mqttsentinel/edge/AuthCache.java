package io.mqttsentinel.edge;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.AuthDecision.Allow;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Remembers decisions for a while, so that a fleet that comes back does not have to be asked about
 * one by one. Who asks while the same question is open gets the same answer. What a backend in
 * trouble said is not remembered; where a listener allows it, what was allowed before holds on for
 * a bounded time instead.
 */
final class AuthCache {

  /** A decision and where it is from. */
  record Answer(AuthenticatorChain.Outcome outcome, Source source) {}

  /** Name of the tag {@code cache} of metrics, in lower case. */
  enum Source {
    HIT,
    MISS,
    STALE
  }

  private record Entry(
      AuthenticatorChain.Outcome outcome,
      String clientId,
      @Nullable String username,
      long generation) {

    boolean isAbout(@Nullable String wantedClient, @Nullable String wantedUser) {
      return (wantedClient == null && wantedUser == null)
          || clientId.equals(wantedClient)
          || (username != null && username.equals(wantedUser));
    }
  }

  private final AsyncCache<ByteBuffer, Entry> decisions;
  private final Cache<ByteBuffer, Entry> allowed;
  private final AuthCacheKey keys = new AuthCacheKey();
  private final AuthCacheConfig config;
  private final Clock clock;
  private final AtomicLong generation = new AtomicLong();

  AuthCache(AuthCacheConfig config, Clock clock, Ticker ticker) {
    this.config = config;
    this.clock = clock;
    this.decisions =
        Caffeine.newBuilder()
            .maximumSize(config.maxEntries())
            .ticker(ticker)
            .executor(Runnable::run)
            .expireAfter(Expiry.<ByteBuffer, Entry>creating((key, entry) -> lifetime(entry)))
            .buildAsync();
    this.allowed =
        Caffeine.newBuilder()
            .maximumSize(config.maxEntries())
            .ticker(ticker)
            .executor(Runnable::run)
            .expireAfterWrite(config.staleFor())
            .build();
  }

  /**
   * The decision of before, or the one that is made now.
   *
   * @param ask always answers; where it fails all fail who wait for it
   */
  CompletionStage<Answer> get(
      ConnectAttempt attempt, Supplier<CompletionStage<AuthenticatorChain.Outcome>> ask) {
    ByteBuffer key = keys.of(attempt);
    long asked = generation.get();
    CompletableFuture<Entry> mine = new CompletableFuture<>();
    CompletableFuture<Entry> entry = decisions.asMap().putIfAbsent(key, mine);
    if (entry != null) {
      return entry.thenApply(found -> answer(key, attempt, found, Source.HIT));
    }
    try {
      ask.get()
          .whenComplete(
              (outcome, failure) -> {
                if (failure == null) {
                  mine.complete(new Entry(outcome, attempt.clientId(), attempt.username(), asked));
                } else {
                  mine.completeExceptionally(failure);
                }
              });
    } catch (RuntimeException e) {
      mine.completeExceptionally(e); // or whoever asks the same would wait for ever
    }
    return mine.thenApply(made -> answer(key, attempt, made, Source.MISS));
  }

  private Answer answer(ByteBuffer key, ConnectAttempt attempt, Entry entry, Source source) {
    AuthenticatorChain.Outcome outcome = entry.outcome();
    if (outcome.failed() && config.staleListeners().contains(attempt.listener())) {
      Entry before = allowed.getIfPresent(key);
      if (before != null && !isOver(before)) {
        return new Answer(before.outcome(), Source.STALE);
      }
    }
    boolean keep = source == Source.MISS && isFresh(entry) && !outcome.failed();
    if (keep && !config.staleListeners().isEmpty()) {
      if (outcome.decision() instanceof Allow) {
        allowed.put(key, entry);
      } else {
        allowed.invalidate(key);
      }
    }
    return new Answer(outcome, source);
  }

  private boolean isOver(Entry entry) {
    return entry.outcome().decision() instanceof Allow(Grant grant, Duration _)
        && grant.expiresAt() != null
        && !clock.instant().isBefore(grant.expiresAt());
  }

  private boolean isFresh(Entry entry) {
    return entry.generation() == generation.get();
  }

  /** Nothing for what must not be remembered. */
  private Duration lifetime(Entry entry) {
    if (entry.outcome().failed() || !isFresh(entry)) {
      return Duration.ZERO;
    }
    if (!(entry.outcome().decision() instanceof Allow(Grant grant, Duration cacheFor))) {
      return config.negative();
    }
    Duration wanted = cacheFor == null ? config.positive() : cacheFor;
    Duration longest = wanted.compareTo(config.longest()) < 0 ? wanted : config.longest();
    // Shorter by a random part: those who came together are not all asked about together again.
    double part = 1 - config.jitter() * ThreadLocalRandom.current().nextDouble();
    Duration lifetime = Duration.ofNanos((long) (longest.toNanos() * part));
    if (grant.expiresAt() == null) {
      return lifetime;
    }
    Duration left = Duration.between(clock.instant(), grant.expiresAt());
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(lifetime) < 0 ? left : lifetime;
  }

  /**
   * Forgets decisions about a client id or a user name; about everybody where both are null. A
   * decision that is under way meanwhile is not remembered.
   */
  void forget(@Nullable String clientId, @Nullable String username) {
    generation.incrementAndGet();
    decisions.synchronous().asMap().values().removeIf(entry -> entry.isAbout(clientId, username));
    allowed.asMap().values().removeIf(entry -> entry.isAbout(clientId, username));
  }

  long size() {
    return decisions.synchronous().estimatedSize();
  }
}
