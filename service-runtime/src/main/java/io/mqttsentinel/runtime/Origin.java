package io.mqttsentinel.runtime;

import io.micronaut.core.annotation.Nullable;

/**
 * Where a client speaks from.
 *
 * @param network hash of the /24 (IPv4) or /64 (IPv6); 0: no address
 * @param country two letters, null where it is not known
 * @param asn number of the autonomous system, 0 where it is not known
 * @param place null where it is not known
 */
public record Origin(int network, @Nullable String country, long asn, @Nullable Place place) {

  public static final Origin UNKNOWN = new Origin(0, null, 0, null);
}
