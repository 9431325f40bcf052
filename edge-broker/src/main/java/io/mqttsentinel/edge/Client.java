package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;

/**
 * What an edge remembers of a CONNECT while the connection lasts.
 *
 * @param version protocol level: 3, 4 or 5
 * @param assigned whether the client id was made here
 * @param window deliveries it takes without acknowledging
 * @param maximumPacketSize bytes of the largest packet it takes
 */
record Client(
    int version,
    String clientId,
    boolean assigned,
    @Nullable String username,
    long sessionExpirySeconds,
    int keepAliveSeconds,
    int window,
    long maximumPacketSize) {

  static final long ANY_SIZE = Long.MAX_VALUE;

  boolean speaksMqtt5() {
    return version == 5;
  }
}
