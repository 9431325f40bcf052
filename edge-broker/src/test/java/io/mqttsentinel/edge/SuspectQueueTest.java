package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class SuspectQueueTest {

  private static final int ANY = Integer.MAX_VALUE;
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final AuthenticatorChain.Outcome DENIED =
      new AuthenticatorChain.Outcome(
          "jdbc",
          new AuthDecision.Deny(new Refusal(ReasonCode.BAD_CREDENTIALS, "bad_credentials")),
          false);

  private final List<CompletableFuture<AuthenticatorChain.Outcome>> asked =
      Collections.synchronizedList(new ArrayList<>());

  private CompletionStage<AuthenticatorChain.Outcome> question() {
    CompletableFuture<AuthenticatorChain.Outcome> answer = new CompletableFuture<>();
    asked.add(answer);
    return answer;
  }

  private static AuthenticatorChain.Outcome now(CompletionStage<AuthenticatorChain.Outcome> stage) {
    return stage.toCompletableFuture().getNow(null);
  }

  @Test
  void asksSoManyAtATimeAndTheNextWhenOneIsAnswered() {
    SuspectQueue queue = new SuspectQueue(2, ANY, 10, LONG);
    List<CompletionStage<AuthenticatorChain.Outcome>> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      answers.add(queue.ask(this::question));
    }
    assertEquals(2, asked.size());
    for (int i = 0; i < 5; i++) {
      asked.get(i).complete(DENIED);
      assertEquals(DENIED, now(answers.get(i)));
    }
    assertEquals(5, asked.size());
  }

  @Test
  void whoFindsNoPlaceIsRefusedAtOnceWithoutAQuestion() {
    SuspectQueue queue = new SuspectQueue(1, ANY, 1, LONG);
    var _ = queue.ask(this::question);
    var _ = queue.ask(this::question);
    AuthenticatorChain.Outcome third = now(queue.ask(this::question));
    assertTrue(SuspectQueue.isCrowded(third));
    assertTrue(third.failed(), "nothing is to be remembered of it");
    assertEquals(1, asked.size());
    assertFalse(SuspectQueue.isCrowded(DENIED));
  }

  @Test
  void whoWaitedTooLongIsNotAskedAbout() {
    SuspectQueue queue = new SuspectQueue(1, ANY, 10, Duration.ofMillis(1));
    CompletionStage<AuthenticatorChain.Outcome> first = queue.ask(this::question);
    CompletionStage<AuthenticatorChain.Outcome> second = queue.ask(this::question);
    assertTrue(SuspectQueue.isCrowded(first.toCompletableFuture().join()));
    assertTrue(SuspectQueue.isCrowded(second.toCompletableFuture().join()));
    asked.getFirst().complete(DENIED);
    assertEquals(1, asked.size(), "the second has gone");
    var _ = queue.ask(this::question);
    assertEquals(2, asked.size(), "and the next has its turn");
  }

  @Test
  void aQuickBackendIsNotAskedAboutMoreOfThem() {
    SuspectQueue queue = new SuspectQueue(600, 1, 1_000, LONG); // a place for ten minutes
    for (int i = 0; i < 601; i++) {
      var _ = queue.ask(this::question);
    }
    List.copyOf(asked).forEach(answer -> answer.complete(DENIED));
    assertEquals(600, asked.size());
  }

  @Test
  void theNextHasItsTurnWhenThatOfTheOneBeforeIsOver() {
    SuspectQueue queue = new SuspectQueue(1, 1_000, 10, LONG);
    CompletionStage<AuthenticatorChain.Outcome> first = queue.ask(this::question);
    var _ = queue.ask(this::question);
    asked.getFirst().complete(DENIED);
    assertEquals(DENIED, now(first), "its own answer does not wait for that");
    Await.until("the next", () -> asked.size() == 2);
  }
}
