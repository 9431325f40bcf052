package io.mqttsentinel.authverifier;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import io.mqttsentinel.runtime.Response;
import io.mqttsentinel.schemas.Finding;
import java.util.stream.Stream;

/**
 * What is done about each kind of finding: {@code REPORT}, {@code DISCONNECT_CLIENT}, {@code
 * DISCONNECT_USER}, {@code BAN_CLIENT}, {@code BAN_USER} or {@code BAN_ADDRESS}; how far that goes
 * is bounded by {@code sentinel.response}.
 *
 * @param loginAfterFailures only where the refused logins came from the address of the one that
 *     succeeded, since else anybody could lock out anybody; no {@code BAN_USER}
 * @param permissionProbing of the client that is refused again and again
 * @param clientIdShared of the connection that took over last
 * @param credentialsShared of the connection that came last
 * @param impossibleTravel of the later login
 */
@ConfigurationProperties("sentinel.auth-verifier.response")
public record LoginResponses(
    @Bindable(defaultValue = "REPORT") Response loginAfterFailures,
    @Bindable(defaultValue = "REPORT") Response permissionProbing,
    @Bindable(defaultValue = "REPORT") Response clientIdShared,
    @Bindable(defaultValue = "REPORT") Response credentialsShared,
    @Bindable(defaultValue = "REPORT") Response impossibleTravel) {

  public LoginResponses {
    ConfigCheck.require(
        loginAfterFailures != Response.BAN_USER,
        "sentinel.auth-verifier.response.login-after-failures",
        loginAfterFailures,
        "any other response (refused logins never ban an account)");
  }

  /** Whether bans are made at all, or connections ended. */
  boolean any() {
    return Stream.of(
            loginAfterFailures,
            permissionProbing,
            clientIdShared,
            credentialsShared,
            impossibleTravel)
        .anyMatch(response -> response != Response.REPORT);
  }

  Response to(Finding finding) {
    return switch (finding.getRuleId()) {
      case LoginWatch.LOGIN_AFTER_FAILURES ->
          LoginWatch.hasFailedFromElsewhere(finding) ? Response.REPORT : loginAfterFailures;
      case LoginWatch.PERMISSION_PROBING -> permissionProbing;
      case LoginWatch.CLIENT_ID_SHARED -> clientIdShared;
      case UserWatch.CREDENTIALS_SHARED -> credentialsShared;
      case TravelWatch.IMPOSSIBLE_TRAVEL -> impossibleTravel;
      default -> Response.REPORT;
    };
  }
}
