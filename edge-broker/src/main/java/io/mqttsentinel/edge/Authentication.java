package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way in of each listener: its chain of authenticators, and what is remembered of it. */
final class Authentication {

  private static final Logger LOG = LoggerFactory.getLogger(Authentication.class);

  private final Map<Listener, AuthenticatorChain> chains;
  private final AuthCache cache;
  private final SuspectQueue suspects;

  Authentication(Map<Listener, AuthenticatorChain> chains, AuthCache cache, SuspectQueue suspects) {
    this.suspects = suspects;
    this.chains = new EnumMap<>(chains);
    this.cache = cache;
  }

  /**
   * Never fails.
   *
   * @param suspect whether it has to wait behind others where the decision is not remembered
   */
  CompletionStage<AuthCache.Answer> authenticate(ConnectAttempt attempt, boolean suspect) {
    // A flood is not even to pass through the cache, which costs more than all else about it.
    if (suspect && suspects.isFull() && !cache.knows(attempt)) {
      return CompletableFuture.completedStage(
          new AuthCache.Answer(SuspectQueue.NO_PLACE, AuthCache.Source.MISS));
    }
    AuthenticatorChain chain = chains.get(attempt.listener());
    return cache
        .get(
            attempt,
            () ->
                suspect
                    ? suspects.ask(() -> chain.authenticate(attempt))
                    : chain.authenticate(attempt))
        .exceptionally(
            failure -> {
              LOG.error("Authentication failed, so it denies", failure);
              return new AuthCache.Answer(AuthenticatorChain.failed(""), AuthCache.Source.MISS);
            });
  }

  /** Forgets what was decided of a client id or user; both null: of everybody. */
  void forget(@Nullable String clientId, @Nullable String username) {
    cache.forget(clientId, username);
  }

  AuthenticatorChain chain(Listener listener) {
    return chains.get(listener);
  }
}
