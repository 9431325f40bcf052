package io.mqttsentinel.anomaly;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;
import java.util.List;

/**
 * What anomaly-detector calls unusual.
 *
 * @param payloadLimit bytes; a larger payload is quarantined
 * @param entropyLimit bits per byte; above it any payload is flagged, whatever its length
 * @param entropyDeviations by how many standard deviations a payload's entropy may be below that of
 *     random bytes of its length and still count as random
 * @param entropyLeastBytes a payload shorter than this is not judged
 * @param entropyLeastEmbeddedBytes base64 or hex within other text is judged from this many decoded
 *     bytes; shorter ones are digests, keys and signatures
 * @param rateLimit messages of one client within {@code rateWindow}; more are a finding
 * @param rateWindow time over which messages are counted
 * @param connectionLimit connections of one client within {@code connectionWindow}; more are a
 *     finding
 * @param connectionWindow time over which connections are counted
 * @param geoipFiles files in MaxMind's DB format with countries, or with autonomous systems;
 *     without any, origins are told apart by their networks only
 * @param cachedClients clients whose profile is kept in memory, in each partition
 * @param checkpoint how often profiles that have changed are written to the store
 * @param checkpointWrites how many at a time, in each partition; the others wait for the next time.
 *     A crash forgets what was not written
 */
@ConfigurationProperties("sentinel.anomaly-detector")
public record AnomalyDetectorConfig(
    @Bindable(defaultValue = "10240") int payloadLimit,
    @Bindable(defaultValue = "7.5") double entropyLimit,
    @Bindable(defaultValue = "4.0") double entropyDeviations,
    @Bindable(defaultValue = "64") int entropyLeastBytes,
    @Bindable(defaultValue = "128") int entropyLeastEmbeddedBytes,
    @Bindable(defaultValue = "100") int rateLimit,
    @Bindable(defaultValue = "1s") Duration rateWindow,
    @Bindable(defaultValue = "30") int connectionLimit,
    @Bindable(defaultValue = "60s") Duration connectionWindow,
    @Bindable(defaultValue = "") List<String> geoipFiles,
    @Bindable(defaultValue = "10000") int cachedClients,
    @Bindable(defaultValue = "1s") Duration checkpoint,
    @Bindable(defaultValue = "50") int checkpointWrites) {

  private static final String PREFIX = "sentinel.anomaly-detector.";
  static final String GEOIP_FILES = PREFIX + "geoip-files";
  private static final int LEAST_JUDGED = 32;

  public AnomalyDetectorConfig {
    ConfigCheck.atLeast(PREFIX + "payload-limit", payloadLimit, 1);
    ConfigCheck.between(PREFIX + "entropy-limit", entropyLimit, 1, 8);
    ConfigCheck.between(PREFIX + "entropy-deviations", entropyDeviations, 0, 100);
    ConfigCheck.atLeast(PREFIX + "entropy-least-bytes", entropyLeastBytes, LEAST_JUDGED);
    ConfigCheck.atLeast(
        PREFIX + "entropy-least-embedded-bytes", entropyLeastEmbeddedBytes, LEAST_JUDGED);
    ConfigCheck.atLeast(PREFIX + "rate-limit", rateLimit, 1);
    ConfigCheck.atLeast(PREFIX + "rate-window (in ms)", rateWindow.toMillis(), Pace.BUCKETS);
    ConfigCheck.atLeast(PREFIX + "connection-limit", connectionLimit, 1);
    ConfigCheck.positive(PREFIX + "connection-window", connectionWindow);
    geoipFiles =
        geoipFiles == null
            ? List.of()
            : geoipFiles.stream().filter(file -> !file.isBlank()).toList();
    ConfigCheck.atLeast(PREFIX + "cached-clients", cachedClients, 1);
    ConfigCheck.positive(PREFIX + "checkpoint", checkpoint);
    ConfigCheck.atLeast(PREFIX + "checkpoint-writes", checkpointWrites, 1);
  }
}
