package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AuthenticatorChainTest {

  private static final AuthDecision ALLOW = new Allow(Grant.of(List.of(), false, Map.of(), null));
  private static final AuthDecision DENY = new Deny(new Refusal(ReasonCode.NOT_AUTHORIZED, "no"));
  private static final AuthDecision IGNORE = new Ignore();

  @Test
  void firstWhoDecidesDecides() {
    assertEquals(ALLOW, ask(answer(IGNORE), answer(ALLOW), answer(DENY)).decision());
    assertEquals(DENY, ask(answer(DENY), answer(ALLOW)).decision());
    assertEquals("second", ask(answer(IGNORE), answer(DENY)).authenticator());
  }

  @Test
  void nobodyDecidesMeansDenied() {
    assertEquals("no_authenticator_decided", denial(ask()));
    assertEquals("no_authenticator_decided", denial(ask(answer(IGNORE), answer(IGNORE))));
  }

  @Test
  void failureIsFinalAndDenies() {
    assertEquals(
        "backend_failed",
        denial(
            ask(
                () -> CompletableFuture.failedStage(new IllegalStateException("down")),
                answer(ALLOW))));
    assertEquals(
        "backend_failed",
        denial(
            ask(
                () -> {
                  throw new IllegalStateException("down at once");
                },
                answer(ALLOW))));
  }

  @Test
  void backendInTroubleThatPassesIsNotForgotten() {
    AuthenticatorChain.Outcome outcome = ask(answer(new Ignore(true)), answer(IGNORE));
    assertEquals("backend_failed", denial(outcome));
    assertEquals("first", outcome.authenticator());
    assertTrue(outcome.failed());
    assertFalse(ask(answer(new Ignore(true)), answer(ALLOW)).failed(), "somebody decided");
  }

  @Test
  void denialBehindABackendInTroubleIsNoConclusion() {
    AuthenticatorChain.Outcome outcome =
        ask(answer(new Ignore(true)), answer(IGNORE), answer(DENY));
    assertTrue(outcome.failed());
    assertEquals("first", outcome.authenticator());
    assertEquals("backend_failed", denial(outcome));
    assertFalse(((Deny) outcome.decision()).refusal().isFailedLogin());
    assertFalse(ask(answer(IGNORE), answer(DENY)).failed());
  }

  private static String denial(AuthenticatorChain.Outcome outcome) {
    return assertInstanceOf(Deny.class, outcome.decision()).refusal().cause();
  }

  private static Supplier<CompletionStage<AuthDecision>> answer(AuthDecision decision) {
    return () -> CompletableFuture.completedStage(decision);
  }

  @SafeVarargs
  private static AuthenticatorChain.Outcome ask(
      Supplier<CompletionStage<AuthDecision>>... answers) {
    List<String> names = List.of("first", "second", "third");
    List<Authenticator> authenticators = new java.util.ArrayList<>();
    for (int i = 0; i < answers.length; i++) {
      authenticators.add(new Canned(names.get(i), answers[i]));
    }
    return new AuthenticatorChain(authenticators)
        .authenticate(Attempts.of("c", "u", ""))
        .toCompletableFuture()
        .join();
  }

  private record Canned(String name, Supplier<CompletionStage<AuthDecision>> answer)
      implements Authenticator {
    @Override
    public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
      return answer.get();
    }
  }
}
