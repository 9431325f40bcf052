package io.mqttsentinel.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of Confluent's REST API that producers, consumers and a curious person need, on
 * loopback. Schemas are kept in {@link SchemaLog}. For production use a real registry.
 */
public final class EmbeddedSchemaRegistry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedSchemaRegistry.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST_REQUEST = 1 << 20;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final SchemaLog log;

  private EmbeddedSchemaRegistry(HttpServer server, SchemaLog log) {
    this.server = server;
    this.log = log;
  }

  /**
   * Starts on a port, or on any free one for 0, with the schemas that Kafka already has.
   *
   * @throws IOException if the port is taken
   */
  public static EmbeddedSchemaRegistry start(String bootstrapServers, int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    EmbeddedSchemaRegistry registry =
        new EmbeddedSchemaRegistry(server, SchemaLog.open(bootstrapServers));
    server.createContext("/", registry::handle);
    server.setExecutor(registry.threads);
    server.start();
    LOG.info("Schema registry listens on {}", registry.url());
    return registry;
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
    log.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Reply reply;
    try {
      reply = answer(exchange);
    } catch (RegistryRefusal e) {
      reply = new Reply(e.status(), error(e.code(), e.getMessage()));
    } catch (RuntimeException e) {
      LOG.warn("Request {} failed", exchange.getRequestURI(), e);
      reply = new Reply(500, error(50001, "error in the backend data store"));
    }
    byte[] body = JSON.writeValueAsBytes(reply.body());
    exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
    exchange.sendResponseHeaders(reply.status(), body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  private Reply answer(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getRawPath().substring(1).split("/", -1);
    for (int i = 0; i < path.length; i++) {
      path[i] = URLDecoder.decode(path[i], StandardCharsets.UTF_8);
    }
    return switch (exchange.getRequestMethod() + " " + shape(path)) {
      case "GET /" -> Reply.ok(JSON.createObjectNode());
      case "GET /config" ->
          Reply.ok(JSON.createObjectNode().put("compatibilityLevel", SchemaLog.COMPATIBILITY));
      case "GET /schemas/ids/*" ->
          Reply.ok(JSON.createObjectNode().put("schema", log.schema(path[2])));
      case "GET /subjects" -> Reply.ok(strings(log.subjects()));
      case "POST /subjects/*" -> Reply.ok(described(log.find(path[1], schemaOf(exchange))));
      case "GET /subjects/*/versions" -> Reply.ok(numbers(log.versions(path[1])));
      case "POST /subjects/*/versions" ->
          Reply.ok(
              JSON.createObjectNode().put("id", log.register(path[1], schemaOf(exchange)).id()));
      case "GET /subjects/*/versions/*" -> Reply.ok(described(log.version(path[1], path[3])));
      default -> throw new RegistryRefusal(404, 404, "HTTP 404 Not Found");
    };
  }

  /** The path with a star for each part that names something. */
  private static String shape(String[] path) {
    String[] shape = path.clone();
    boolean schemas = path[0].equals("schemas");
    for (int i = schemas ? 2 : 1; i < shape.length; i += 2) {
      shape[i] = "*";
    }
    return "/" + String.join("/", shape);
  }

  private static String schemaOf(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LARGEST_REQUEST + 1);
    if (body.length > LARGEST_REQUEST) {
      throw new RegistryRefusal(413, 413, "the request has more than 1 MiB");
    }
    JsonNode request;
    try {
      request = JSON.readTree(body);
    } catch (IOException e) {
      throw new RegistryRefusal(400, 400, "the request is not JSON");
    }
    JsonNode schema = request.get("schema");
    if (schema == null || !schema.isTextual()) {
      throw new RegistryRefusal(422, 42201, "the request has no text 'schema'");
    }
    return schema.asText();
  }

  private static JsonNode described(RegisteredSchema schema) {
    return JSON.createObjectNode()
        .put("subject", schema.subject())
        .put("version", schema.version())
        .put("id", schema.id())
        .put("schema", schema.schema());
  }

  private static ObjectNode error(int code, String message) {
    return JSON.createObjectNode().put("error_code", code).put("message", message);
  }

  private static ArrayNode strings(Iterable<String> values) {
    ArrayNode array = JSON.createArrayNode();
    values.forEach(array::add);
    return array;
  }

  private static ArrayNode numbers(Iterable<Integer> values) {
    ArrayNode array = JSON.createArrayNode();
    values.forEach(array::add);
    return array;
  }

  private record Reply(int status, JsonNode body) {
    static Reply ok(JsonNode body) {
      return new Reply(200, body);
    }
  }
}
