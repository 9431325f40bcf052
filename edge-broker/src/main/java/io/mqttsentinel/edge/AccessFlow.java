package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.AuthInvalidation;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.InvalidationScope;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was decided elsewhere about who may be here, applied to those who are. For one thread. */
final class AccessFlow {

  private static final Logger LOG = LoggerFactory.getLogger(AccessFlow.class);

  private final Authentication authentication;
  private final Bans bans;
  private final Connections connections;
  private final CloseFlow closing;
  private boolean toEnforce; // of the reader's thread

  AccessFlow(Authentication authentication, Bans bans, Connections connections, CloseFlow closing) {
    this.authentication = authentication;
    this.bans = bans;
    this.connections = connections;
    this.closing = closing;
  }

  /** What was decided about somebody is forgotten first, so that nobody comes back by it. */
  void invalidated(AuthInvalidation invalidation) {
    String value = invalidation.getValue();
    Predicate<Client> concerned;
    switch (invalidation.getScope()) {
      case CLIENT_ID -> {
        authentication.forget(value, null);
        concerned = client -> client.clientId().equals(value);
      }
      case USERNAME -> {
        authentication.forget(null, value);
        concerned = client -> value.equals(client.username());
      }
      case ALL -> {
        authentication.forget(null, null);
        concerned = client -> true;
      }
      default -> {
        LOG.warn("An invalidation of a kind that is not known: {}", invalidation.getScope());
        return;
      }
    }
    LOG.info(
        "Authentication of {} {} revoked by {}",
        invalidation.getScope(),
        invalidation.getScope() == InvalidationScope.ALL ? "" : value,
        invalidation.getBy());
    if (invalidation.getDisconnect()) {
      close(
          connection -> connection.client() != null && concerned.test(connection.client()),
          Closure.REVOKED);
    }
  }

  /**
   * Takes over a ban, or lifts it. It has no effect on those who are here before {@link #enforce}.
   *
   * @param ban null: lifted
   * @throws IllegalArgumentException if it makes no sense
   */
  void banned(String key, @Nullable Ban ban) {
    bans.put(key, ban);
    toEnforce |= ban != null && bans.has(key);
  }

  /** Closes the connections of those who are banned now: once for any number of bans. */
  void enforce() {
    if (toEnforce) {
      toEnforce = false;
      close(bans::isBanned, Closure.BANNED);
    }
  }

  private void close(Predicate<Connection> concerned, Closure closure) {
    for (Connection connection : connections.all()) {
      if (concerned.test(connection)) {
        connection.execute(() -> closing.close(connection, closure));
      }
    }
  }
}
