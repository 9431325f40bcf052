package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;
import java.util.Set;

/**
 * The way from this edge into Kafka.
 *
 * @param linger how long the producer waits for company; each message pays for it
 * @param auditLinger the same for the audit trail, which nobody waits for; what is lost of it where
 *     the process is killed
 * @param maxRecords that Kafka has not acknowledged, over all clients; then sockets are not read
 * @param maxBytes of those records
 * @param deliveryTimeout after which a record is given up and its client's connection closed
 * @param compression Kafka's compression.type
 */
@ConfigurationProperties("sentinel.edge.uplink")
record UplinkConfig(
    @Bindable(defaultValue = "2ms") Duration linger,
    @Bindable(defaultValue = "100ms") Duration auditLinger,
    @Bindable(defaultValue = "20000") int maxRecords,
    @Bindable(defaultValue = "33554432") long maxBytes,
    @Bindable(defaultValue = "2m") Duration deliveryTimeout,
    @Bindable(defaultValue = "none") String compression) {

  private static final Set<String> COMPRESSIONS = Set.of("none", "lz4", "zstd", "snappy", "gzip");

  UplinkConfig {
    ConfigCheck.between("sentinel.edge.uplink.linger (ms)", linger.toMillis(), 0, 1000);
    ConfigCheck.between("sentinel.edge.uplink.audit-linger (ms)", auditLinger.toMillis(), 0, 1000);
    ConfigCheck.atLeast("sentinel.edge.uplink.max-records", maxRecords, 1);
    ConfigCheck.atLeast("sentinel.edge.uplink.max-bytes", maxBytes, 1 << 20);
    ConfigCheck.between(
        "sentinel.edge.uplink.delivery-timeout (ms)",
        deliveryTimeout.toMillis(),
        2000,
        Integer.MAX_VALUE);
    ConfigCheck.require(
        COMPRESSIONS.contains(compression),
        "sentinel.edge.uplink.compression",
        compression,
        "one of " + COMPRESSIONS);
  }
}
