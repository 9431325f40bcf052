package io.mqttsentinel.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Confluent's REST API, as its own registry, Apicurio's {@code /apis/ccompat/v7} and the embedded
 * one speak it. An answer is kept for good: ids never change their meaning.
 */
public final class HttpSchemaRegistry implements SchemaRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(HttpSchemaRegistry.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private final String baseUrl;
  private final String authorization;
  private final int attempts;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();

  /**
   * @param authorization the value of the Authorization header, or null
   * @param attempts how often a registry that does not answer is asked, with growing pauses
   */
  public HttpSchemaRegistry(String baseUrl, String authorization, int attempts) {
    this.baseUrl = baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
    this.authorization = authorization;
    this.attempts = attempts;
  }

  @Override
  public int register(String subject, Schema schema) {
    String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions";
    String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
    JsonNode id =
        ask(request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build()).get("id");
    if (id == null || !id.isInt()) {
      throw SchemaRegistryException.refused("%s%s answered without an id".formatted(baseUrl, path));
    }
    schemas.put(id.intValue(), schema);
    return id.intValue();
  }

  @Override
  public Schema schema(int id) {
    Schema known = schemas.get(id);
    if (known != null) {
      return known;
    }
    JsonNode text = ask(request("/schemas/ids/" + id).GET().build()).get("schema");
    if (text == null) {
      throw SchemaRegistryException.refused(
          "%s answered without the schema of id %d".formatted(baseUrl, id));
    }
    Schema schema = new Schema.Parser().parse(text.asText());
    schemas.put(id, schema);
    return schema;
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(baseUrl + path))
            .timeout(REQUEST_LIMIT)
            .header("Content-Type", MEDIA_TYPE)
            .header("Accept", MEDIA_TYPE);
    return authorization == null ? request : request.header("Authorization", authorization);
  }

  private JsonNode ask(HttpRequest request) {
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
          return JSON.readTree(answer.body());
        }
        boolean mayPass = answer.statusCode() >= 500 || answer.statusCode() == 429;
        if (!mayPass || attempt >= attempts) {
          String message =
              "schema registry refused %s %s with status %d: %s"
                  .formatted(request.method(), request.uri(), answer.statusCode(), answer.body());
          throw mayPass
              ? SchemaRegistryException.unreachable(message, null)
              : SchemaRegistryException.refused(message);
        }
      } catch (IOException e) {
        if (attempt >= attempts) {
          throw SchemaRegistryException.unreachable(
              "schema registry %s does not answer: %s".formatted(request.uri(), e), e);
        }
        LOG.warn("Schema registry {} does not answer yet: {}", baseUrl, e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw SchemaRegistryException.unreachable("interrupted while asking " + request.uri(), e);
      }
      pause(pause);
      pause = pause.multipliedBy(2);
    }
  }

  private static void pause(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SchemaRegistryException.unreachable(
          "interrupted while waiting for the schema registry", e);
    }
  }
}
