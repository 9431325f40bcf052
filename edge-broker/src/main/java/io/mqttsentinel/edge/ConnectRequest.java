package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.Will;

/** A CONNECT that keeps the rules. */
record ConnectRequest(
    Client client,
    boolean cleanStart,
    long wantedSessionExpirySeconds,
    int wantedKeepAliveSeconds,
    @Nullable Password password,
    @Nullable Will will)
    implements CheckedConnect {

  /** Nothing of the session outlives the connection, so nobody has to be asked about it. */
  boolean isTransient() {
    return cleanStart && client.sessionExpirySeconds() == 0;
  }
}
