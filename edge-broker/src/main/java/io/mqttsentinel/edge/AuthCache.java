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

  /** Whom a decision is about. */
  private record Subject(String clientId, @Nullable String username) {

    /** Both null: anybody. */
    boolean is(@Nullable String wantedClient, @Nullable String wantedUser) {
      return (wantedClient == null && wantedUser == null)
          || clientId.equals(wantedClient)
          || (username != null && username.equals(wantedUser));
    }
  }

  private record Entry(AuthenticatorChain.Outcome outcome, Subject subject, long generation) {}

  /** One that is answered or still open. Withdrawn: its answer is of no use any more. */
  private static final class Question extends CompletableFuture<Entry> {
    private final Subject subject;
    private volatile boolean withdrawn;

    Question(Subject subject) {
      this.subject = subject;
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
    Subject subject = new Subject(attempt.clientId(), attempt.username());
    Question mine = new Question(subject);
    Question other = (Question) decisions.asMap().putIfAbsent(key, mine);
    if (other != null) {
      return other.thenCompose(found -> answer(other, key, attempt, ask, found, Source.HIT));
    }
    long asked = generation.get(); // not before whoever forgets can find the question
    try {
      ask.get()
          .whenComplete(
              (outcome, failure) -> {
                if (failure == null) {
                  mine.complete(new Entry(outcome, subject, asked));
                } else {
                  mine.completeExceptionally(failure);
                }
              });
    } catch (RuntimeException e) {
      mine.completeExceptionally(e); // or whoever asks the same would wait for ever
    }
    return mine.thenCompose(made -> answer(mine, key, attempt, ask, made, Source.MISS));
  }

  /** Whether there is, or soon will be, an answer without another question. */
  boolean knows(ConnectAttempt attempt) {
    ByteBuffer key = keys.of(attempt);
    return decisions.getIfPresent(key) != null || allowed.getIfPresent(key) != null;
  }

  private CompletionStage<Answer> answer(
      Question question,
      ByteBuffer key,
      ConnectAttempt attempt,
      Supplier<CompletionStage<AuthenticatorChain.Outcome>> ask,
      Entry entry,
      Source source) {
    return question.withdrawn
        ? get(attempt, ask)
        : CompletableFuture.completedStage(answer(key, attempt, entry, source));
  }

  private Answer answer(ByteBuffer key, ConnectAttempt attempt, Entry entry, Source source) {
    AuthenticatorChain.Outcome outcome = entry.outcome();
    if (outcome.failed() && config.staleListeners().contains(attempt.listener())) {
      Entry before = allowed.getIfPresent(key);
      if (before != null && !isOver(before)) {
        return new Answer(before.outcome(), Source.STALE);
      }
    }
    if (source == Source.MISS && !outcome.failed() && !config.staleListeners().isEmpty()) {
      if (outcome.decision() instanceof Allow) {
        allowed.put(key, entry);
      }
      if (!(outcome.decision() instanceof Allow) || !isFresh(entry)) { // asked after it is put
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

  /** Whether nothing was forgotten since it was asked for. */
  private boolean isFresh(Entry entry) {
    return entry.generation() == generation.get();
  }

  /** Nothing for what must not be remembered. */
  private Duration lifetime(Entry entry) {
    if (entry.outcome().failed()) {
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
   * question that is open meanwhile is asked anew by all who wait for its answer.
   */
  void forget(@Nullable String clientId, @Nullable String username) {
    generation.incrementAndGet();
    decisions
        .asMap()
        .forEach(
            (key, future) -> {
              Question question = (Question) future;
              if (question.subject.is(clientId, username)
                  && decisions.asMap().remove(key, question)) {
                question.withdrawn = true;
              }
            });
    allowed.asMap().values().removeIf(entry -> entry.subject().is(clientId, username));
  }

  long size() {
    return decisions.synchronous().estimatedSize();
  }
}
