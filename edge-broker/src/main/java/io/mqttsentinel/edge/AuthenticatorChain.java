package io.mqttsentinel.edge;

import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one authenticator after the other. Nobody decides, or one fails: denied. Who is denied after
 * one in trouble passed might have been let in by that one, so nothing may be concluded from it.
 */
final class AuthenticatorChain {

  /**
   * Who decided, and how.
   *
   * @param failed whether a backend could not answer, so that nothing may be concluded for later
   */
  record Outcome(String authenticator, AuthDecision decision, boolean failed) {}

  private static final Logger LOG = LoggerFactory.getLogger(AuthenticatorChain.class);
  private static final Refusal EXHAUSTED =
      new Refusal(ReasonCode.NOT_AUTHORIZED, "no_authenticator_decided");
  private static final Refusal FAILED =
      new Refusal(ReasonCode.SERVER_UNAVAILABLE, "backend_failed");

  private final List<Authenticator> authenticators;

  AuthenticatorChain(List<Authenticator> authenticators) {
    this.authenticators = List.copyOf(authenticators);
  }

  /** In the order in which they are asked. */
  List<Authenticator> authenticators() {
    return authenticators;
  }

  /** Never fails. */
  CompletionStage<Outcome> authenticate(ConnectAttempt attempt) {
    return ask(0, attempt, "");
  }

  /**
   * @param inTrouble an authenticator whose backend was in trouble and passed, or ""
   */
  private CompletionStage<Outcome> ask(int index, ConnectAttempt attempt, String inTrouble) {
    if (index == authenticators.size()) {
      return CompletableFuture.completedStage(
          inTrouble.isEmpty() ? new Outcome("", new Deny(EXHAUSTED), false) : failed(inTrouble));
    }
    Authenticator authenticator = authenticators.get(index);
    return answer(authenticator, attempt)
        .handle(
            (decision, failure) ->
                failure == null && decision != null
                    ? new Outcome(
                        authenticator.name(), decision, decision instanceof Ignore(boolean f) && f)
                    : denied(authenticator, failure))
        .thenCompose(
            outcome ->
                switch (outcome.decision()) {
                  case Ignore _ ->
                      ask(
                          index + 1,
                          attempt,
                          outcome.failed() ? outcome.authenticator() : inTrouble);
                  case Deny _ when !inTrouble.isEmpty() ->
                      CompletableFuture.completedStage(failed(inTrouble));
                  case Deny _, Allow _ -> CompletableFuture.completedStage(outcome);
                });
  }

  private static CompletionStage<AuthDecision> answer(
      Authenticator authenticator, ConnectAttempt attempt) {
    try {
      return authenticator.authenticate(attempt);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private static Outcome denied(Authenticator authenticator, Throwable failure) {
    LOG.warn("Authenticator {} failed: {}", authenticator.name(), String.valueOf(failure));
    return failed(authenticator.name());
  }

  /** What comes of a failure: denied, and not to be remembered. */
  static Outcome failed(String authenticator) {
    return new Outcome(authenticator, new Deny(FAILED), true);
  }
}
