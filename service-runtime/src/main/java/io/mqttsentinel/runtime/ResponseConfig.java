package io.mqttsentinel.runtime;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import java.util.List;

/**
 * How far a service goes where it is told to answer findings by disconnecting and banning: each
 * instance counts for itself.
 *
 * @param banFor how long a ban lasts, from what caused it
 * @param mostPerMinute bans and disconnections within a minute
 * @param mostBans bans of this instance that are in force at a time
 * @param pause when one of these is reached nobody is banned or disconnected for so long: what hits
 *     that many is more likely a mistake, and needs a person
 * @param never client ids, user names and addresses that are never banned or disconnected
 */
@ConfigurationProperties("sentinel.response")
public record ResponseConfig(
    @Bindable(defaultValue = "1h") Duration banFor,
    @Bindable(defaultValue = "10") int mostPerMinute,
    @Bindable(defaultValue = "100") int mostBans,
    @Bindable(defaultValue = "15m") Duration pause,
    @Bindable(defaultValue = "") List<String> never) {

  public ResponseConfig {
    ConfigCheck.positive("sentinel.response.ban-for", banFor);
    ConfigCheck.atLeast("sentinel.response.most-per-minute", mostPerMinute, 1);
    ConfigCheck.atLeast("sentinel.response.most-bans", mostBans, 1);
    ConfigCheck.positive("sentinel.response.pause", pause);
    never = never == null ? List.of() : never.stream().filter(who -> !who.isBlank()).toList();
  }
}
