package io.mqttsentinel.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Allows everybody nearly everything; {@link AnonymousConfig} keeps it on loopback. */
final class AnonymousAuthenticator implements Authenticator {

  private final AuthDecision everything;

  AnonymousAuthenticator(AnonymousConfig config) {
    everything = new AuthDecision.Allow(Grant.everythingBut(config.noSubscribe()));
  }

  @Override
  public String name() {
    return "anonymous";
  }

  @Override
  public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
    return CompletableFuture.completedStage(everything);
  }
}
