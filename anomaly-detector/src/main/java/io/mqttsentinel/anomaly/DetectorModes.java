package io.mqttsentinel.anomaly;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import io.mqttsentinel.runtime.Response;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * What each detector does: {@code OFF} does not look, {@code ALERT} flags the message or reports
 * the client, {@code ACT} quarantines the messages that deviate. {@code DISCONNECT_CLIENT}, {@code
 * DISCONNECT_USER}, {@code BAN_CLIENT}, {@code BAN_USER} and {@code BAN_ADDRESS} do that too, and
 * act on the device that sent them, as far as {@code sentinel.response} allows.
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
 *     not {@code ACT}
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
    ConfigCheck.require(
        connectionRate != Mode.ACT,
        PREFIX + "connection-rate",
        connectionRate,
        "any other mode (there is no message to quarantine)");
    concernsNobody("client-silent", clientSilent);
    concernsNobody("fleet", fleet);
  }

  private static void concernsNobody(String key, Mode mode) {
    ConfigCheck.require(
        mode == Mode.OFF || mode == Mode.ALERT,
        PREFIX + key,
        mode,
        "OFF or ALERT (there is nobody to act on)");
  }

  /** By rule, what is done about its findings beyond reporting them; others are not in it. */
  Map<String, Response> responses() {
    Map<Alarm, Mode> modes = new EnumMap<>(Alarm.class);
    modes.put(Alarm.PUBLISH_RATE, publishRate);
    modes.put(Alarm.PUBLISH_RATE_RISE, publishRateRise);
    modes.put(Alarm.PAYLOAD_OVERSIZED, payloadOversized);
    modes.put(Alarm.PAYLOAD_SIZE_RISE, payloadSizeRise);
    modes.put(Alarm.PAYLOAD_HIGH_ENTROPY, payloadHighEntropy);
    modes.put(Alarm.PAYLOAD_ENTROPY_SHIFT, payloadEntropyShift);
    modes.put(Alarm.PAYLOAD_TYPE_CHANGE, payloadTypeChange);
    modes.put(Alarm.TOPIC_NOVELTY, topicNovelty);
    modes.put(Alarm.NEW_ORIGIN, newOrigin);
    modes.put(Alarm.OFF_HOURS, offHours);
    modes.put(Alarm.CONNECTION_RATE, connectionRate);
    Map<String, Response> responses = new HashMap<>();
    modes.forEach(
        (alarm, mode) -> {
          if (mode.response() != Response.REPORT) {
            responses.put(alarm.ruleId(), mode.response());
          }
        });
    return responses;
  }
}
