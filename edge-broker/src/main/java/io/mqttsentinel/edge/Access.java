package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.RemoteAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What stands before authentication, and what it learns from it. */
final class Access {

  /** A suspect that is not listened to, as too many of them come. */
  private static final Closure UNHEARD =
      Closure.of(CloseCause.LIMIT_EXCEEDED, ReasonCode.QUOTA_EXCEEDED, "suspects_unheard");

  private final Admission admission;
  private final Bans bans;
  private final AbuseWatch abuse;

  Access(Admission admission, Bans bans, AbuseWatch abuse) {
    this.admission = admission;
    this.bans = bans;
    this.abuse = abuse;
  }

  /**
   * Somebody is at the door; null: he gets a socket.
   *
   * @param peer null where his address is not known
   */
  @Nullable
  Closure refusal(@Nullable InetSocketAddress peer) {
    InetAddress address = peer == null ? null : peer.getAddress();
    Closure refusal = admission.refusal(address);
    if (refusal != null || address == null) {
      return refusal;
    }
    long key = admission.key(address);
    if (!abuse.isUnheard(key)) {
      return null;
    }
    abuse.crowdedOut(key, RemoteAddress.of(peer));
    return UNHEARD;
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

  /** A load balancer told whose it is, which the door did not know; null: it may stay. */
  @Nullable
  Closure proxied(Connection connection) {
    Closure refusal = admission.identified(connection);
    if (refusal != null || !abuse.isUnheard(connection.addressKey())) {
      return refusal;
    }
    abuse.crowdedOut(connection);
    return UNHEARD;
  }

  boolean isBanned(Client client) {
    return bans.find(client.clientId(), client.username()) != null;
  }

  /** Whether it has to wait behind others. */
  boolean isSuspect(Connection connection) {
    return abuse.isSuspect(connection.addressKey());
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
