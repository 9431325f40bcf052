package io.mqttsentinel.edge;

import io.mqttsentinel.edge.AuthDecision.Allow;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Gives clients whose authenticator named no rules somebody to ask about single topics. */
final class AskingAuthenticator implements Authenticator {

  private final Authenticator authenticator;
  private final Function<ConnectAttempt, AskedTopics> topics;

  /**
   * @param topics of a client, as it connected, but without its password
   */
  AskingAuthenticator(Authenticator authenticator, Function<ConnectAttempt, AskedTopics> topics) {
    this.authenticator = authenticator;
    this.topics = topics;
  }

  @Override
  public String name() {
    return authenticator.name();
  }

  @Override
  public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
    ConnectAttempt client = attempt.withoutPassword();
    return authenticator
        .authenticate(attempt)
        .thenApply(
            decision ->
                decision instanceof Allow(Grant grant, var cacheFor) && grant.isUsual()
                    ? new Allow(grant.asking(topics.apply(client)), cacheFor)
                    : decision);
  }
}
