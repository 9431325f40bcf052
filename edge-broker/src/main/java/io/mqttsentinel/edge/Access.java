package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;

/** What stands before authentication, and what it learns from it. */
final class Access {

  private final Admission admission;
  private final Bans bans;
  private final AbuseWatch abuse;

  Access(Admission admission, Bans bans, AbuseWatch abuse) {
    this.admission = admission;
    this.bans = bans;
    this.abuse = abuse;
  }

  /** A socket came; null: it may stay. */
  @Nullable
  Closure came() {
    return admission.came();
  }

  /** It is known whose it is; null: it may stay. */
  @Nullable
  Closure identified(Connection connection) {
    return admission.identified(connection);
  }

  boolean isBanned(Client client) {
    return bans.find(client.clientId(), client.username()) != null;
  }

  /** Whether it has to wait behind others. */
  boolean isSuspect(Connection connection) {
    return abuse.isSuspect(connection);
  }

  /** The client was not let in. */
  void denied(Connection connection, Refusal refusal) {
    if (refusal.isFailedLogin()) {
      abuse.failed(connection);
    }
  }

  /** The client found no place among those that wait. */
  void crowdedOut(Connection connection) {
    abuse.crowdedOut(connection);
  }

  void connected(Connection connection) {
    abuse.connected(connection);
  }
}
