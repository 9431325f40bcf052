package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.RemoteAddress;

/**
 * What an authenticator gets to see.
 *
 * @param remoteAddress host and port
 * @param certificate that the client showed, or null
 * @param listener that it came in by
 */
record ConnectAttempt(
    String clientId,
    @Nullable String username,
    @Nullable Password password,
    String remoteAddress,
    @Nullable ClientCertificate certificate,
    Listener listener) {

  /** For whatever outlives the decision. */
  ConnectAttempt withoutPassword() {
    return new ConnectAttempt(clientId, username, null, remoteAddress, certificate, listener);
  }

  /** The address without the port. */
  String peerHost() {
    return RemoteAddress.host(remoteAddress);
  }
}
