package io.mqttsentinel.anomaly;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import io.mqttsentinel.schemas.Action;
import java.time.Duration;

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
 * @param rateAction what the finding asks for. {@code FLAG} marks one message per window; {@code
 *     QUARANTINE} and {@code BLOCK} take every message above the limit
 * @param cachedClients clients whose pace is kept in memory, in each partition
 * @param checkpoint how often the pace of busy clients is written to the store
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
    @Bindable(defaultValue = "FLAG") Action rateAction,
    @Bindable(defaultValue = "10000") int cachedClients,
    @Bindable(defaultValue = "500ms") Duration checkpoint) {

  private static final String PREFIX = "sentinel.anomaly-detector.";
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
    ConfigCheck.require(
        rateAction != Action.ALLOW,
        PREFIX + "rate-action",
        rateAction,
        "FLAG, QUARANTINE or BLOCK");
    ConfigCheck.atLeast(PREFIX + "cached-clients", cachedClients, 1);
    ConfigCheck.positive(PREFIX + "checkpoint", checkpoint);
  }
}
