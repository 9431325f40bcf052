package io.mqttsentinel.edge;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Where those wait whose address failed to log in before. Backends are asked about a few of them at
 * a time, and about so many a second: a flood of guesses costs the backend, this edge and whoever
 * reads of refused logins no more than that, however quick the backend is.
 */
final class SuspectQueue {

  /** There is no place to wait. The password was not looked at, so it counts as no guess. */
  static final Refusal CROWDED = new Refusal(ReasonCode.QUOTA_EXCEEDED, "suspects_waiting");

  static final AuthenticatorChain.Outcome NO_PLACE =
      new AuthenticatorChain.Outcome("", new AuthDecision.Deny(CROWDED), true);

  private final BoundedCalls calls;
  private final Duration turn;
  private final Duration longestWait;

  /**
   * @param atOnce a backend is asked about at the same time
   * @param perSecond it is asked about in a second
   * @param longestWait after which an answer is of no use any more
   */
  SuspectQueue(int atOnce, int perSecond, int waiting, Duration longestWait) {
    this.calls = new BoundedCalls(atOnce, waiting);
    this.turn = Duration.ofSeconds(1).multipliedBy(atOnce).dividedBy(perSecond);
    this.longestWait = longestWait;
  }

  /** Whether it is refused because it found no place, or waited too long. */
  static boolean isCrowded(AuthenticatorChain.Outcome outcome) {
    return outcome.equals(NO_PLACE);
  }

  /** Whether who comes now finds no place. */
  boolean isFull() {
    return calls.isFull();
  }

  /**
   * Asks now, or when others have their answers.
   *
   * @param question must not throw; its answer must come in any case
   */
  CompletionStage<AuthenticatorChain.Outcome> ask(
      Supplier<CompletionStage<AuthenticatorChain.Outcome>> question) {
    CompletableFuture<AuthenticatorChain.Outcome> answer = new CompletableFuture<>();
    boolean taken = calls.submit(() -> turn(question, answer));
    return taken
        ? answer.completeOnTimeout(NO_PLACE, longestWait.toNanos(), TimeUnit.NANOSECONDS)
        : CompletableFuture.completedStage(NO_PLACE);
  }

  /** Done when the next may be asked about in its place. */
  private CompletableFuture<?> turn(
      Supplier<CompletionStage<AuthenticatorChain.Outcome>> question,
      CompletableFuture<AuthenticatorChain.Outcome> answer) {
    if (answer.isDone()) {
      return answer; // nobody waits for it any more
    }
    CompletableFuture<?> answered =
        question
            .get()
            .whenComplete(
                (outcome, failure) -> {
                  if (failure == null) {
                    answer.complete(outcome);
                  } else {
                    answer.completeExceptionally(failure);
                  }
                })
            .toCompletableFuture();
    return CompletableFuture.allOf(answered, over());
  }

  private CompletableFuture<?> over() {
    return turn.isZero()
        ? CompletableFuture.completedFuture(null)
        : new CompletableFuture<Void>()
            .completeOnTimeout(null, turn.toNanos(), TimeUnit.NANOSECONDS);
  }
}
