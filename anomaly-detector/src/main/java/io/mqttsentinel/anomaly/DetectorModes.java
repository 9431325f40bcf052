package io.mqttsentinel.anomaly;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;

/**
 * What each detector does: {@code OFF} does not look, {@code ALERT} flags the message or reports
 * the client, {@code ACT} quarantines the messages that deviate.
 *
 * @param publishRate more messages than {@code rate-limit}
 * @param publishRateRise many times the messages that the client usually sends
 * @param payloadOversized payloads above {@code payload-limit}
 * @param payloadSizeRise payloads many times as large as usual
 * @param payloadHighEntropy payloads that look like random bytes
 * @param payloadEntropyShift payloads far denser than usual
 * @param payloadTypeChange another kind of payload (JSON, text, binary) than ever before
 * @param topicNovelty topics that the client never used, one after the other
 * @param newOrigin a country, provider or network that the client never came from
 * @param offHours messages at an hour at which the client never spoke
 * @param connectionRate more connections than {@code connection-limit}, or many times the usual;
 *     {@code OFF} or {@code ALERT}
 * @param clientSilent a regular client that stopped; {@code OFF} or {@code ALERT}
 * @param fleet a sudden rise of one topic or of failures over all clients; {@code OFF} or {@code
 *     ALERT}
 */
@ConfigurationProperties("sentinel.anomaly-detector.mode")
public record DetectorModes(
    @Bindable(defaultValue = "ALERT") Mode publishRate,
    @Bindable(defaultValue = "ALERT") Mode publishRateRise,
    @Bindable(defaultValue = "ACT") Mode payloadOversized,
    @Bindable(defaultValue = "ALERT") Mode payloadSizeRise,
    @Bindable(defaultValue = "ALERT") Mode payloadHighEntropy,
    @Bindable(defaultValue = "ALERT") Mode payloadEntropyShift,
    @Bindable(defaultValue = "ALERT") Mode payloadTypeChange,
    @Bindable(defaultValue = "ALERT") Mode topicNovelty,
    @Bindable(defaultValue = "ALERT") Mode newOrigin,
    @Bindable(defaultValue = "ALERT") Mode offHours,
    @Bindable(defaultValue = "ALERT") Mode connectionRate,
    @Bindable(defaultValue = "ALERT") Mode clientSilent,
    @Bindable(defaultValue = "ALERT") Mode fleet) {

  private static final String PREFIX = "sentinel.anomaly-detector.mode.";

  public DetectorModes {
    hasNoMessage("connection-rate", connectionRate);
    hasNoMessage("client-silent", clientSilent);
    hasNoMessage("fleet", fleet);
  }

  private static void hasNoMessage(String key, Mode mode) {
    ConfigCheck.require(
        mode != Mode.ACT, PREFIX + key, mode, "OFF or ALERT (there is no message to quarantine)");
  }
}
