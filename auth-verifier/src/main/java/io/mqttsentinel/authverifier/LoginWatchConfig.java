package io.mqttsentinel.authverifier;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;

/**
 * What in the logins and refusals of one client is worth an event.
 *
 * @param window that the following are counted in
 * @param failures refused logins after which one that succeeds is reported
 * @param denials refused publishes and subscriptions that are reported as probing
 * @param takeovers connections that took over from another address, reported as a shared client id
 * @param clients that are watched at a time; the longest silent are forgotten first
 */
@ConfigurationProperties("sentinel.auth-verifier.logins")
public record LoginWatchConfig(
    @Bindable(defaultValue = "10m") Duration window,
    @Bindable(defaultValue = "5") int failures,
    @Bindable(defaultValue = "20") int denials,
    @Bindable(defaultValue = "3") int takeovers,
    @Bindable(defaultValue = "100000") int clients) {

  public LoginWatchConfig {
    ConfigCheck.positive("sentinel.auth-verifier.logins.window", window);
    ConfigCheck.atLeast("sentinel.auth-verifier.logins.failures", failures, 1);
    ConfigCheck.atLeast("sentinel.auth-verifier.logins.denials", denials, 1);
    ConfigCheck.atLeast("sentinel.auth-verifier.logins.takeovers", takeovers, 1);
    ConfigCheck.atLeast("sentinel.auth-verifier.logins.clients", clients, 1);
  }
}
