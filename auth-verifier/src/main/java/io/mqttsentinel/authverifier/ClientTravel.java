package io.mqttsentinel.authverifier;

import io.mqttsentinel.authverifier.TravelWatch.Login;
import io.mqttsentinel.runtime.StoreSweep;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.KnownLogin;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The last login of each client id of one partition from a known place, until everybody may be
 * everywhere again.
 */
final class ClientTravel {

  private static final Duration PASS = Duration.ofMinutes(1);

  private final KeyValueStore<String, KnownLogin> store;
  private final TravelWatch watch;
  private final StoreSweep<KnownLogin> sweep;

  ClientTravel(KeyValueStore<String, KnownLogin> store, TravelWatch watch) {
    this.store = store;
    this.watch = watch;
    this.sweep = new StoreSweep<>(store, PASS);
  }

  /** Takes a successful login. */
  Optional<Finding> connected(AuthAudit audit) {
    if (!watch.knows(audit.getRemoteAddress())) {
      return Optional.empty();
    }
    KnownLogin before = store.get(audit.getClientId());
    Instant at = audit.getAt();
    Instant reportedAt = before == null ? null : before.getReportedAt();
    Optional<Finding> finding =
        before == null || !watch.isDue(reportedAt, at)
            ? Optional.empty()
            : watch.between(
                "client",
                new Login(before.getAt(), before.getRemoteAddress()),
                new Login(at, audit.getRemoteAddress()));
    store.put(
        audit.getClientId(),
        new KnownLogin(at, audit.getRemoteAddress(), finding.isPresent() ? at : reportedAt));
    return finding;
  }

  /** Looks at the next logins in turn and forgets those that no journey can begin with. */
  void forget(Instant now, int most) {
    Instant oldest = now.minus(watch.reach());
    sweep.next(
        now,
        most,
        (clientId, login) -> {
          if (login.getAt().isBefore(oldest)) {
            store.delete(clientId);
          }
        });
  }
}
