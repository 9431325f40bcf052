package io.mqttsentinel.edge;

import com.fasterxml.jackson.databind.JsonNode;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;

/** As VerneMQ reads the answers of its webhook auth_on_register; modifiers are not applied. */
final class VernemqDialect implements HttpDialect {

  @Override
  public AuthDecision read(int status, byte[] body, ConnectAttempt attempt) {
    if (status >= CLIENT_ERROR) {
      return new Ignore(status >= SERVER_ERROR);
    }
    if (status != OK) {
      throw new IllegalArgumentException("HTTP status " + status);
    }
    JsonNode result = EmqxDialect.parse(body).path("result");
    if (result.path("error").isTextual()) {
      return new Deny(StatusDialect.NOT_THESE);
    }
    return switch (result.asText()) {
      case "ok" -> new Allow(Grant.usual(attempt.clientId()));
      case "next" -> new Ignore();
      default -> throw new IllegalArgumentException("result is not ok, next or an error");
    };
  }
}
