package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import io.mqttsentinel.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class GuardedAuthenticatorTest {

  private static final AuthDecision NO = new Deny(new Refusal(ReasonCode.NOT_AUTHORIZED, "no"));
  private static final int CALLS = 4;

  private final AtomicInteger asked = new AtomicInteger();
  private Supplier<CompletionStage<AuthDecision>> backend;
  private final GuardedAuthenticator guarded = guarded(Duration.ofHours(1));

  private GuardedAuthenticator guarded(Duration openFor) {
    return new GuardedAuthenticator(
        new Authenticator() {
          @Override
          public String name() {
            return "backend";
          }

          @Override
          public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
            asked.incrementAndGet();
            return backend.get();
          }
        },
        new AuthConfig(null, null, null, null, null, 50, CALLS, openFor));
  }

  @Test
  void failingBackendIsLeftAlone() {
    fail();
    ask(guarded, CALLS);
    assertEquals(2, guarded.breakerState());
    ask(guarded, 10);
    assertEquals(CALLS, asked.get());
  }

  @Test
  void passingBecauseOfTroubleCountsToo() {
    backend = () -> CompletableFuture.completedStage(new Ignore(true));
    ask(guarded, CALLS + 1);
    assertEquals(CALLS, asked.get());
  }

  @Test
  void neitherRefusalsNorLackOfRoomCount() {
    backend = () -> CompletableFuture.completedStage(NO);
    ask(guarded, 20);
    backend =
        () -> {
          throw new RejectedExecutionException("full");
        };
    ask(guarded, 20);
    assertEquals(0, guarded.breakerState());
    assertEquals(40, asked.get());
  }

  @Test
  void triedAgainAfterAWhile() {
    GuardedAuthenticator soon = guarded(Duration.ofMillis(20));
    fail();
    ask(soon, CALLS);
    backend = () -> CompletableFuture.completedStage(NO);
    Await.until(
        "the backend to be asked again",
        () -> {
          AuthenticatorChain.Outcome outcome =
              new AuthenticatorChain(List.of(soon))
                  .authenticate(Attempts.of("c", "u", "p"))
                  .toCompletableFuture()
                  .join();
          return assertInstanceOf(Deny.class, outcome.decision()).equals(NO)
              && soon.breakerState() == 0;
        });
  }

  private void fail() {
    backend = () -> CompletableFuture.failedStage(new IllegalStateException("down"));
  }

  private static void ask(GuardedAuthenticator authenticator, int times) {
    AuthenticatorChain chain = new AuthenticatorChain(List.of(authenticator));
    for (int i = 0; i < times; i++) {
      chain.authenticate(Attempts.of("c", "u", "p")).toCompletableFuture().join();
    }
  }
}
