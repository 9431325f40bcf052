package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;

/**
 * What an edge remembers of a CONNECT while the connection lasts.
 *
 * @param version protocol level: 3, 4 or 5
 * @param assigned whether the client id was made here
 * @param window deliveries it takes without acknowledging
 * @param maximumPacketSize bytes of the largest packet it takes
 * @param topicAliasMaximum aliases that it takes and we give
 * @param problemInformation whether it wants to be told reasons in all packets
 */
record Client(
    int version,
    String clientId,
    boolean assigned,
    @Nullable String username,
    long sessionExpirySeconds,
    int keepAliveSeconds,
    int window,
    long maximumPacketSize,
    int topicAliasMaximum,
    boolean problemInformation) {

  static final long ANY_SIZE = Long.MAX_VALUE;

  /** Nothing of its session outlives the connection. */
  boolean isTransient() {
    return sessionExpirySeconds == 0;
  }

  boolean speaksMqtt5() {
    return version == 5;
  }
}
