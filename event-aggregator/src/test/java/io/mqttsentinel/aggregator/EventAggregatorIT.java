package io.mqttsentinel.aggregator;

import static io.mqttsentinel.aggregator.Messages.audit;
import static io.mqttsentinel.aggregator.Messages.finding;
import static io.mqttsentinel.aggregator.Messages.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EventAggregatorIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static RunningAggregator first;
  private static RunningAggregator second;

  private final String client = "api-" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    first = RunningAggregator.start("aggregator-0", Map.of());
    second = RunningAggregator.start("aggregator-1", Map.of());
  }

  @AfterAll
  static void stop() {
    second.close();
    first.close();
  }

  @Test
  void everyInstanceShowsEveryEvent() throws Exception {
    // Several publishers, so that both instances have a share of the partitions.
    for (int i = 0; i < 12; i++) {
      publish(client + "-" + i, 1, "' OR 1=1", Action.BLOCK);
    }
    for (RunningAggregator instance : List.of(first, second)) {
      JsonNode events = awaitEvents(instance, client, 12);
      JsonNode event = events.get(0);
      assertEquals("sql_injection", event.get("type").asText());
      assertEquals("BLOCK", event.get("action").asText());
      assertEquals("HIGH", event.get("severity").asText());
      JsonNode detail = json(instance.get("/api/v1/events/" + event.get("id").asText()));
      assertEquals("' OR 1=1", detail.get("payloadExcerpt").asText());
      assertEquals(
          "raw", detail.get("findings").get(0).get("evidence").get(0).get("view").asText());
    }
  }

  @Test
  void refusalOfAnEdgeIsAnEvent() throws Exception {
    first.send(
        Topics.AUDIT_AUTH,
        client,
        audit(AuditActivity.CONNECT, AuditOutcome.FAILURE, client, "10.3.0.1:1"));
    JsonNode event = awaitEvents(second, client, 1).get(0);
    assertEquals("AUTHENTICATION", event.get("layer").asText());
  }

  @Test
  void unreadableEventIsSkipped() throws Exception {
    first.sendRaw(Topics.SECURITY_EVENTS.name(), "no avro".getBytes(StandardCharsets.UTF_8));
    publish(client, 1, "x", Action.FLAG);
    awaitEvents(first, client, 1);
    assertTrue(
        first.get("/prometheus").body().contains("sentinel_live_unreadable_total{"),
        "the skipped record is counted");
  }

  @Test
  void newcomerKnowsWhatHappenedBefore() throws Exception {
    publish(client, 1, "x", Action.QUARANTINE);
    awaitEvents(first, client, 1);
    try (RunningAggregator late = RunningAggregator.start("aggregator-2", Map.of())) {
      awaitEvents(late, client, 1);
      Await.value(
          "verdicts of the time before",
          () -> json(late.get("/api/v1/stats")),
          stats -> stats.get("verdicts").get("quarantine").asLong() > 0);
    }
  }

  @Test
  void statisticsCoverAllInstances() throws Exception {
    long before = json(first.get("/api/v1/stats")).get("verdicts").get("allow").asLong();
    Instant accepted = Instant.now();
    for (int i = 0; i < 30; i++) {
      InspectedMessage message = message(client + "-" + i, 1);
      message.setAcceptedAt(accepted);
      first.send(Topics.INSPECTED_AUTH, client + "-" + i, message);
    }
    for (RunningAggregator instance : List.of(first, second)) {
      JsonNode stats =
          Await.value(
              "30 more allowed, from two instances",
              () -> json(instance.get("/api/v1/stats")),
              s ->
                  s.get("verdicts").get("allow").asLong() >= before + 30
                      && s.get("instances").asInt() >= 2);
      assertTrue(stats.get("decided").get("count").asLong() >= 30);
      assertTrue(stats.get("decided").get("p99Millis").asDouble() > 0);
    }
    JsonNode history = json(first.get("/api/v1/stats/history"));
    assertEquals(300, history.size());
  }

  @Test
  void deliveriesAreSampled() throws Exception {
    Instant now = Instant.now();
    Delivery delivery =
        new Delivery(
            ClientMessage.newBuilder()
                .setEpoch(1)
                .setSequence(1)
                .setPublisher("origin")
                .setTopic("clients/dev-1/alerts")
                .setPayload(ByteBuffer.allocate(1))
                .setQos(1)
                .setRetain(false)
                .setProperties(MessageProperties.newBuilder().build())
                .setAcceptedAt(now.minusMillis(20))
                .setVerdict(Action.ALLOW)
                .build(),
            List.of(
                DeliveryTarget.newBuilder()
                    .setClientId("dev-1")
                    .setEpoch(1)
                    .setDeliveryId(1)
                    .setQos(1)
                    .build()));
    JsonNode delivered =
        Await.value(
            "a sampled delivery",
            () -> {
              first.send(Topics.downlink("local"), 1, new Downlink("local", 1, now, delivery));
              return json(first.get("/api/v1/stats")).get("delivered");
            },
            d -> d.get("count").asLong() > 0);
    assertEquals(20, delivered.get("p50Millis").asDouble(), 0.5);
  }

  @Test
  void errorsAreClearJson() throws Exception {
    HttpResponse<String> tooMany = first.get("/api/v1/events?limit=0");
    assertEquals(400, tooMany.statusCode());
    assertEquals(
        "limit is '0', expected a number from 1 to 1000",
        JSON.readTree(tooMany.body()).get("message").asText());
    assertEquals(400, first.get("/api/v1/events?limit=ten").statusCode());
    HttpResponse<String> severity = first.get("/api/v1/events?severity=bad");
    assertEquals(400, severity.statusCode());
    assertTrue(severity.body().contains("INFORMATIONAL"), severity.body());
    HttpResponse<String> unknown = first.get("/api/v1/events/00112233445566778899aabbccddeeff");
    assertEquals(404, unknown.statusCode());
    assertEquals(404, JSON.readTree(unknown.body()).get("status").asInt());
  }

  @Test
  void everyResponseCarriesThePolicy() throws Exception {
    for (String path :
        List.of("/", "/page/page.js", "/api/v1/stats", "/api/v1/events/none", "/nothing-here")) {
      HttpResponse<String> response = first.get(path);
      assertEquals(
          SecurityHeaders.CONTENT_SECURITY_POLICY,
          response.headers().firstValue("Content-Security-Policy").orElse(""),
          path);
      assertEquals(
          "nosniff", response.headers().firstValue("X-Content-Type-Options").orElse(""), path);
      assertEquals(
          "no-referrer", response.headers().firstValue("Referrer-Policy").orElse(""), path);
    }
    assertEquals(404, first.get("/page/..%2f..%2fapplication.yml").statusCode());
    assertEquals(404, first.get("/page/application.yml").statusCode());
  }

  @Test
  void streamSendsStatisticsAndNewEvents() throws Exception {
    try (Socket socket = open("/api/v1/stream");
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      awaitLine(lines, "event: stats");
      publish(client, 1, "x", Action.FLAG);
      awaitLine(lines, "event: events");
      String data = awaitLine(lines, "data:");
      assertTrue(data.contains(client), data);
      assertFalse(data.contains("payload"), "payloads are fetched one by one");
    }
    Await.until("the listener is gone", () -> first.bean(LiveStream.class).listeners() == 0);
  }

  @Test
  void browserThatDoesNotReadIsDropped() throws Exception {
    try (RunningAggregator small =
            RunningAggregator.start(
                "aggregator-3", Map.of("sentinel.event-aggregator.stream-buffer", 16));
        Socket socket = new Socket()) {
      // Little room in the kernel, or it would read for us.
      socket.setReceiveBufferSize(4096);
      URI uri = URI.create(small.url("/api/v1/stream"));
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
      request(socket, uri);
      LiveStream stream = small.bean(LiveStream.class);
      Await.until("a listener", () -> stream.listeners() == 1);
      List<Long> sequence = new ArrayList<>(List.of(0L));
      Await.until(
          "the silent listener to be dropped",
          () -> {
            for (int i = 0; i < 50; i++) {
              long next = sequence.getFirst() + 1;
              sequence.set(0, next);
              stream.offer(
                  MessageEvents.of(
                      message(
                          client + "x".repeat(8_000),
                          next,
                          finding("sql_injection", Action.BLOCK, Severity.HIGH)),
                      Action.BLOCK,
                      Instant.now()));
            }
            return stream.listeners() == 0;
          });
      assertTrue(small.get("/prometheus").body().contains("sentinel_live_dropped_total 1.0"));
    }
  }

  private void publish(String publisher, long sequence, String payload, Action action) {
    first.send(
        Topics.INSPECTED_AUTH,
        publisher,
        message(publisher, sequence, payload, finding("sql_injection", action, Severity.HIGH)));
  }

  private static JsonNode awaitEvents(RunningAggregator instance, String text, int count)
      throws Exception {
    return Await.value(
        count + " events of " + text,
        () -> json(instance.get("/api/v1/events?limit=100&severity=low&text=" + text)),
        events -> events.size() == count);
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    assertEquals(200, response.statusCode(), response.body());
    return JSON.readTree(response.body());
  }

  private static Socket open(String path) throws Exception {
    URI uri = URI.create(first.url(path));
    Socket socket = new Socket(uri.getHost(), uri.getPort());
    socket.setSoTimeout(60_000);
    request(socket, uri);
    return socket;
  }

  private static void request(Socket socket, URI uri) throws Exception {
    socket
        .getOutputStream()
        .write(
            "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n"
                .formatted(uri.getPath(), uri.getHost())
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static String awaitLine(BufferedReader lines, String start) throws Exception {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(start)) {
        return line;
      }
    }
    throw new AssertionError("the stream ended before a line that starts with " + start);
  }
}
