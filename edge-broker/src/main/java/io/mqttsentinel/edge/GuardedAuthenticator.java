package io.mqttsentinel.edge;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Leaves a backend that fails alone for a while, so that neither it nor those who wait for it are
 * worn down. That there was no place to wait says nothing of the backend and does not count.
 */
final class GuardedAuthenticator implements Authenticator {

  private static final int TRIES = 3;
  private static final Duration LONGEST_TRY = Duration.ofSeconds(30);

  private final Authenticator authenticator;
  private final CircuitBreaker breaker;

  GuardedAuthenticator(Authenticator authenticator, AuthConfig config) {
    this.authenticator = authenticator;
    this.breaker =
        CircuitBreaker.of(
            authenticator.name(),
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(config.breakerCalls())
                .minimumNumberOfCalls(config.breakerCalls())
                .failureRateThreshold(config.breakerFailureRate())
                .waitDurationInOpenState(config.breakerOpenFor())
                .permittedNumberOfCallsInHalfOpenState(TRIES)
                .maxWaitDurationInHalfOpenState(LONGEST_TRY)
                .writableStackTraceEnabled(false)
                .ignoreExceptions(RejectedExecutionException.class)
                .build());
  }

  @Override
  public String name() {
    return authenticator.name();
  }

  /** Closed 0, half open 1, open 2. */
  int breakerState() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> 2;
      case HALF_OPEN -> 1;
      case CLOSED, DISABLED, METRICS_ONLY -> 0;
    };
  }

  @Override
  public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
    return call(
        () -> authenticator.authenticate(attempt),
        decision -> decision instanceof Ignore(boolean failed) && failed);
  }

  /** Asks the backend something, unless it is left alone. */
  <T> CompletionStage<T> call(Supplier<CompletionStage<T>> question, Predicate<T> inTrouble) {
    if (!breaker.tryAcquirePermission()) {
      return CompletableFuture.failedStage(
          CallNotPermittedException.createCallNotPermittedException(breaker));
    }
    long start = System.nanoTime();
    CompletionStage<T> answer;
    try {
      answer = question.get();
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedStage(e);
    }
    return answer.whenComplete(
        (given, failure) -> {
          long took = System.nanoTime() - start;
          if (failure != null) {
            breaker.onError(took, TimeUnit.NANOSECONDS, cause(failure));
          } else if (inTrouble.test(given)) {
            breaker.onError(took, TimeUnit.NANOSECONDS, new IllegalStateException("in trouble"));
          } else {
            breaker.onSuccess(took, TimeUnit.NANOSECONDS);
          }
        });
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
