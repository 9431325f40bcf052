package io.mqttsentinel.edge;

import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks one authenticator after the other. Nobody decides, or one fails: denied. */
final class AuthenticatorChain {

  /** Who decided, and how. */
  record Outcome(String authenticator, AuthDecision decision) {}

  private static final Logger LOG = LoggerFactory.getLogger(AuthenticatorChain.class);
  private static final Refusal EXHAUSTED =
      new Refusal(ReasonCode.NOT_AUTHORIZED, "no_authenticator_decided");
  private static final Refusal FAILED =
      new Refusal(ReasonCode.SERVER_UNAVAILABLE, "backend_failed");

  private final List<Authenticator> authenticators;

  AuthenticatorChain(List<Authenticator> authenticators) {
    this.authenticators = List.copyOf(authenticators);
  }

  /** Never fails. */
  CompletionStage<Outcome> authenticate(ConnectAttempt attempt) {
    return ask(0, attempt);
  }

  private CompletionStage<Outcome> ask(int index, ConnectAttempt attempt) {
    if (index == authenticators.size()) {
      return CompletableFuture.completedStage(new Outcome("", new Deny(EXHAUSTED)));
    }
    Authenticator authenticator = authenticators.get(index);
    return answer(authenticator, attempt)
        .exceptionally(failure -> denied(authenticator, failure))
        .thenCompose(
            decision ->
                decision instanceof Ignore
                    ? ask(index + 1, attempt)
                    : CompletableFuture.completedStage(
                        new Outcome(authenticator.name(), decision)));
  }

  private static CompletionStage<AuthDecision> answer(
      Authenticator authenticator, ConnectAttempt attempt) {
    try {
      return authenticator.authenticate(attempt);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private static AuthDecision denied(Authenticator authenticator, Throwable failure) {
    LOG.warn("Authenticator {} failed: {}", authenticator.name(), failure.toString());
    return new Deny(FAILED);
  }
}
