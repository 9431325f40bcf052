package io.mqttsentinel.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import java.io.IOException;
import java.time.Duration;

/** As EMQX reads the answers of its HTTP authenticator, permissions included. */
final class EmqxDialect implements HttpDialect {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public AuthDecision read(int status, byte[] body, ConnectAttempt attempt) {
    if (status == NO_CONTENT) {
      return new Allow(Grant.usual(attempt.clientId()));
    }
    if (status >= CLIENT_ERROR) {
      return new Ignore(status >= SERVER_ERROR);
    }
    if (status != OK) {
      throw new IllegalArgumentException("HTTP status " + status);
    }
    JsonNode answer = parse(body);
    return switch (answer.path("result").asText()) {
      case "allow" -> new Allow(GrantJson.read(answer, attempt), cacheFor(answer));
      case "deny" -> new Deny(StatusDialect.NOT_THESE);
      case "ignore" -> new Ignore();
      default -> throw new IllegalArgumentException("result is not allow, deny or ignore");
    };
  }

  static JsonNode parse(byte[] body) {
    try {
      JsonNode answer = JSON.readTree(body);
      if (answer.isObject()) {
        return answer;
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the answer is no JSON", e);
    }
    throw new IllegalArgumentException("the answer is no JSON object");
  }

  private static Duration cacheFor(JsonNode answer) {
    JsonNode ttl = answer.path("cache_ttl");
    if (ttl.isMissingNode() || ttl.isNull()) {
      return null;
    }
    if (!ttl.canConvertToInt() || ttl.intValue() < 0) {
      throw new IllegalArgumentException("cache_ttl is no number of seconds");
    }
    return Duration.ofSeconds(ttl.intValue());
  }
}
