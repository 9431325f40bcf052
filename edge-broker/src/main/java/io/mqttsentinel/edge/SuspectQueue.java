package io.mqttsentinel.edge;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Where those wait whose address failed to log in before. Backends are asked about a few of them at
 * a time, so that a flood of guesses costs a backend no more than that, and nobody else waits
 * behind it.
 */
final class SuspectQueue {

  /** There is no place to wait. The password was not looked at, so it counts as no guess. */
  static final Refusal CROWDED = new Refusal(ReasonCode.QUOTA_EXCEEDED, "suspects_waiting");

  static final AuthenticatorChain.Outcome NO_PLACE =
      new AuthenticatorChain.Outcome("", new AuthDecision.Deny(CROWDED), true);

  private final BoundedCalls calls;
  private final Duration longestWait;

  /**
   * @param longestWait after which an answer is of no use any more
   */
  SuspectQueue(int atOnce, int waiting, Duration longestWait) {
    this.calls = new BoundedCalls(atOnce, waiting);
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

  private static CompletableFuture<?> turn(
      Supplier<CompletionStage<AuthenticatorChain.Outcome>> question,
      CompletableFuture<AuthenticatorChain.Outcome> answer) {
    if (answer.isDone()) {
      return answer; // nobody waits for it any more
    }
    return question
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
  }
}
