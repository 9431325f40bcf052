package io.mqttsentinel.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mqttsentinel.edge.AuthTemplate.Place;
import io.mqttsentinel.schemas.RemoteAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Makes the request of one attempt. JSON comes from an encoder, never from glued text. */
final class HttpAuthRequests {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** An address with what is filled into it. */
  private record Target(String origin, AuthTemplate path, AuthTemplate query) {

    static Target of(String url) {
      String origin = HttpAuthConfig.origin(url);
      String rest = url.substring(origin.length());
      int mark = rest.indexOf('?');
      return new Target(
          origin,
          template(mark < 0 ? rest : rest.substring(0, mark), Place.PATH),
          template(mark < 0 ? "" : rest.substring(mark), Place.QUERY));
    }

    URI fill(ConnectAttempt attempt) {
      return URI.create(origin + path.fill(attempt) + query.fill(attempt));
    }
  }

  private final Target target;
  private final Target topics;
  private final Map<String, AuthTemplate> headers = new TreeMap<>();
  private final Map<String, AuthTemplate> body = new TreeMap<>();
  private final HttpAuthConfig config;

  /**
   * @throws IllegalArgumentException naming a placeholder that does not exist
   */
  HttpAuthRequests(HttpAuthConfig config) {
    this.config = config;
    this.target = Target.of(config.url());
    this.topics = config.topicUrl() == null ? null : Target.of(config.topicUrl());
    config.headers().forEach((name, text) -> headers.put(name, template(text, Place.HEADER)));
    config.body().forEach((name, text) -> body.put(name, template(text, bodyPlace())));
  }

  private static AuthTemplate template(String text, Place place) {
    return AuthTemplate.of(text, place);
  }

  private Place bodyPlace() {
    return config.contentType().equals(HttpAuthConfig.FORM) ? Place.QUERY : Place.TEXT;
  }

  /**
   * The request about this attempt.
   *
   * @throws IllegalArgumentException if a name cannot be sent
   */
  HttpRequest of(ConnectAttempt attempt) {
    HttpRequest.Builder request = to(target, attempt);
    if (config.dialect().equals("vernemq")) {
      return request
          .setHeader("Content-Type", HttpAuthConfig.JSON)
          .setHeader("vernemq-hook", "auth_on_register")
          .POST(vernemq(attempt))
          .build();
    }
    if (config.method().equals("get")) {
      return request.GET().build();
    }
    return request.setHeader("Content-Type", config.contentType()).POST(body(attempt)).build();
  }

  /**
   * The request about one topic.
   *
   * @throws IllegalArgumentException if a name cannot be sent
   */
  HttpRequest of(ConnectAttempt client, TopicQuestion question) {
    ObjectNode object = JSON.createObjectNode();
    object.put("clientid", client.clientId());
    object.put("username", client.username());
    object.put("peerhost", client.peerHost());
    object.put("action", question.action().name().toLowerCase(Locale.ROOT));
    object.put("topic", question.topic());
    object.put("qos", question.qos());
    object.put("retain", question.retain());
    return to(topics, client)
        .setHeader("Content-Type", HttpAuthConfig.JSON)
        .POST(json(object))
        .build();
  }

  private HttpRequest.Builder to(Target where, ConnectAttempt attempt) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(where.fill(attempt)).timeout(config.timeLimit());
    headers.forEach((name, template) -> request.setHeader(name, template.fill(attempt)));
    return request;
  }

  private BodyPublisher body(ConnectAttempt attempt) {
    if (bodyPlace() == Place.QUERY) {
      return BodyPublishers.ofString(
          body.entrySet().stream()
              .map(
                  field ->
                      AuthTemplate.escape(field.getKey(), Place.QUERY)
                          + "="
                          + field.getValue().fill(attempt))
              .collect(Collectors.joining("&")));
    }
    ObjectNode object = JSON.createObjectNode();
    body.forEach((name, template) -> object.put(name, template.fill(attempt)));
    return json(object);
  }

  /** What VerneMQ's webhook sends. */
  private static BodyPublisher vernemq(ConnectAttempt attempt) {
    ObjectNode object = JSON.createObjectNode();
    object.put("peer_addr", attempt.peerHost());
    object.put("peer_port", RemoteAddress.port(attempt.remoteAddress()));
    object.put("mountpoint", "");
    object.put("client_id", attempt.clientId());
    object.put("username", attempt.username());
    object.put(
        "password", attempt.password() == null ? null : attempt.password().text().orElse(null));
    return json(object);
  }

  private static BodyPublisher json(ObjectNode object) {
    try {
      return BodyPublishers.ofByteArray(JSON.writeValueAsBytes(object));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a name is no JSON text", e);
    }
  }
}
