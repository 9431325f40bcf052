package io.mqttsentinel.edge;

import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;

/** Only the status counts: 2xx allows, 401 and 403 deny, what else is the caller's fault passes. */
final class StatusDialect implements HttpDialect {

  static final Refusal NOT_THESE = new Refusal(ReasonCode.BAD_CREDENTIALS, "bad_credentials");

  @Override
  public AuthDecision read(int status, byte[] body, ConnectAttempt attempt) {
    if (status >= OK && status < 300) {
      return new Allow(Grant.usual(attempt.clientId()));
    }
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return new Deny(NOT_THESE);
    }
    if (status >= CLIENT_ERROR) {
      return new Ignore(status >= SERVER_ERROR);
    }
    throw new IllegalArgumentException("HTTP status " + status);
  }
}
