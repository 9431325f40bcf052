package io.mqttsentinel.authverifier;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;
import java.util.List;

/**
 * How auth-verifier judges.
 *
 * @param hold how long a message of an unknown session waits for its session at least
 * @param holdLimit how long it waits at most while it cannot be known whether {@code
 *     session.events} has been read to its end, because Kafka does not answer
 * @param grace how much later than the end of its session, or of its grant, a message may have been
 *     accepted; the clocks of two edges must not differ by more
 * @param retention how long an ended session is remembered; longer than any message is under way
 * @param geoipFiles files in MaxMind's DB format with coordinates; without any, impossible travel
 *     is not looked for
 */
@ConfigurationProperties("sentinel.auth-verifier")
public record AuthVerifierConfig(
    @Bindable(defaultValue = "2s") Duration hold,
    @Bindable(defaultValue = "60s") Duration holdLimit,
    @Bindable(defaultValue = "5s") Duration grace,
    @Bindable(defaultValue = "24h") Duration retention,
    @Bindable(defaultValue = "") List<String> geoipFiles) {

  static final String GEOIP_FILES = "sentinel.auth-verifier.geoip-files";

  private static final int TICKS = 20;

  public AuthVerifierConfig {
    ConfigCheck.atLeast("sentinel.auth-verifier.hold (in ms)", hold.toMillis(), TICKS);
    ConfigCheck.require(
        holdLimit.compareTo(hold) >= 0,
        "sentinel.auth-verifier.hold-limit",
        holdLimit,
        "at least sentinel.auth-verifier.hold (" + hold + ")");
    ConfigCheck.require(
        !grace.isNegative(), "sentinel.auth-verifier.grace", grace, "a duration such as 5s, or 0s");
    ConfigCheck.positive("sentinel.auth-verifier.retention", retention);
    geoipFiles =
        geoipFiles == null
            ? List.of()
            : geoipFiles.stream().filter(file -> !file.isBlank()).toList();
  }

  /** The step in which the hold is counted. */
  Duration tick() {
    return hold.dividedBy(TICKS);
  }

  int holdTicks() {
    return TICKS;
  }

  int limitTicks() {
    return Math.toIntExact(holdLimit.dividedBy(tick()));
  }
}
