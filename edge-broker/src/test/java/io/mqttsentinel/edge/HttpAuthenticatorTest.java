package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import io.mqttsentinel.schemas.TopicFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAuthenticatorTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String ALLOW = "{\"result\":\"allow\"}";

  private Authority authority;
  private AuthService service;
  private final List<HttpAuthenticator> open = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    authority = new Authority();
    service = new AuthService(authority);
  }

  @AfterEach
  void stop() {
    open.forEach(HttpAuthenticator::close);
    service.close();
  }

  @Test
  void grantOfTheAnswerIsApplied() throws Exception {
    service.answers(
        200,
        """
        {"result":"allow","is_superuser":false,"expire_at":4102444800,"cache_ttl":7,
         "client_attrs":{"site":"b4"},"extra":[1],
         "acl":[{"permission":"deny","action":"publish","topic":"s/${clientid}/x"},
                {"permission":"allow","action":"all","topic":"s/${clientid}/#","qos":[0,1]},
                {"permission":"allow","action":"publish","topic":"r/#","retain":false},
                {"permission":"allow","action":"subscribe","topic":"eq a/+"}]}\
        """);
    Allow allow = assertInstanceOf(Allow.class, ask(emqx(LONG), "dev-1"));
    Grant grant = allow.grant();
    assertEquals(Duration.ofSeconds(7), allow.cacheFor());
    assertEquals(Instant.parse("2100-01-01T00:00:00Z"), grant.expiresAt());
    assertEquals(Map.of("site", "b4"), grant.attributes());
    assertFalse(grant.mayPublish("s/dev-1/x", 0, false));
    assertTrue(grant.mayPublish("s/dev-1/y", 1, false));
    assertFalse(grant.mayPublish("s/dev-1/y", 2, false), "QoS 2 is not in the rule");
    assertTrue(grant.mayPublish("r/1", 2, false));
    assertFalse(grant.mayPublish("r/1", 2, true), "retained is not in the rule");
    assertTrue(grant.maySubscribe(TopicFilter.of("a/+"), 2));
    assertFalse(grant.maySubscribe(TopicFilter.of("a/b"), 0));
    assertFalse(grant.mayPublish("clients/dev-1/x", 0, false), "the rules are all there is");
  }

  @Test
  void olderFormOfRulesIsReadToo() throws Exception {
    service.answers(200, "{\"result\":\"allow\",\"acl\":{\"pub\":[\"p/1\"],\"sub\":[\"s/#\"]}}");
    Grant grant = assertInstanceOf(Allow.class, ask(emqx(LONG), "dev-1")).grant();
    assertTrue(grant.mayPublish("p/1", 2, true));
    assertTrue(grant.maySubscribe(TopicFilter.of("s/+"), 1));
    assertFalse(grant.mayPublish("s/1", 0, false));
  }

  @Test
  void whatTheServiceSaysIsWhatHappens() throws Exception {
    HttpAuthenticator emqx = emqx(LONG);
    service.answers(204, "");
    Grant own = assertInstanceOf(Allow.class, ask(emqx, "dev-1")).grant();
    assertTrue(own.mayPublish("clients/dev-1/x", 0, false));
    assertFalse(own.mayPublish("x", 0, false));
    service.answers(200, "{\"result\":\"deny\"}");
    assertInstanceOf(Deny.class, ask(emqx, "dev-1"));
    service.answers(200, "{\"result\":\"ignore\"}");
    assertEquals(new Ignore(false), ask(emqx, "dev-1"));
    service.answers(404, "no");
    assertEquals(new Ignore(false), ask(emqx, "dev-1"));
    service.answers(503, "later");
    assertEquals(new Ignore(true), ask(emqx, "dev-1"));
  }

  @Test
  void nameThatCannotBeFilledInIsDeniedWithoutBlamingTheService() throws Exception {
    service.answers(
        200,
        """
        {"result":"allow","acl":[{"permission":"allow","action":"all","topic":"s/${username}/#"}]}\
        """);
    AuthDecision decision =
        emqx(LONG).authenticate(Attempts.of("dev-1", "+", "p")).toCompletableFuture().get();
    assertEquals(
        "name_not_usable_in_permissions", assertInstanceOf(Deny.class, decision).refusal().cause());
  }

  @Test
  void topicsAreAskedAboutOneByOne() throws Exception {
    HttpAuthenticator emqx = emqx(LONG);
    service.answers(200, "{\"result\":\"allow\"}");
    assertTrue(isAllowed(emqx, TopicQuestion.publish("a/\"b\"", 1, true)));
    AuthService.Request request = service.request();
    assertEquals("/topic/dev%2F1", request.uri());
    JsonNode body = new ObjectMapper().readTree(request.body());
    assertEquals("dev/1", body.path("clientid").asText());
    assertEquals("publish", body.path("action").asText());
    assertEquals("a/\"b\"", body.path("topic").asText());
    assertEquals(1, body.path("qos").asInt());
    assertTrue(body.path("retain").asBoolean());
    assertFalse(request.body().contains("pw"), "the password is not needed any more");
    service.answers(204, "");
    assertTrue(isAllowed(emqx, TopicQuestion.subscribe("a/+", 2)));
    service.answers(200, "{\"result\":\"deny\"}");
    assertFalse(isAllowed(emqx, TopicQuestion.subscribe("a/+", 2)));
    service.answers(200, "{\"result\":\"ignore\"}");
    assertFalse(isAllowed(emqx, TopicQuestion.subscribe("a/+", 2)));
    service.answers(403, "");
    assertFalse(isAllowed(emqx, TopicQuestion.subscribe("a/+", 2)));
    service.answers(503, "");
    assertThrows(
        ExecutionException.class, () -> isAllowed(emqx, TopicQuestion.subscribe("a/+", 2)));
  }

  private static boolean isAllowed(HttpAuthenticator authenticator, TopicQuestion question)
      throws Exception {
    ConnectAttempt client = Attempts.of("dev/1", "u", "pw").withoutPassword();
    return authenticator
        .isAllowed(client, question)
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  @Test
  void namesCannotChangeTheRequest() throws Exception {
    String hostile = "x\",\"username\":\"admin\"} ü&a=b/../?%00\n";
    HttpAuthenticator json = emqx(LONG);
    var _ = json.authenticate(Attempts.of("dev-1", hostile, hostile)).toCompletableFuture().get();
    JsonNode body = new ObjectMapper().readTree(service.request().body());
    assertEquals(hostile, body.path("username").asText());
    assertEquals(hostile, body.path("password").asText());
    assertEquals(3, body.size());

    HttpAuthenticator form =
        open(
            config(
                "emqx",
                "post",
                HttpAuthConfig.FORM,
                "/auth/{username}/x?c={clientid}&h={peerhost}",
                Map.of("X-User", "{username}"),
                Map.of("u", "${username}"),
                LONG,
                8,
                8));
    var _ = form.authenticate(Attempts.of("a&b", hostile, "pw")).toCompletableFuture().get();
    AuthService.Request request = service.request();
    String escaped = "x%22%2C%22username%22%3A%22admin%22%7D%20%C3%BC%26a%3Db%2F..%2F%3F%2500%0A";
    assertEquals("/auth/" + escaped + "/x?c=a%26b&h=192.0.2.7", request.uri());
    assertEquals("u=" + escaped, request.body());
    assertEquals(
        List.of("x\",\"username\":\"admin\"}%20%C3%BC&a=b/../?%2500%0A"),
        request.headers().get("X-user"));
  }

  @Test
  void nameThatIsAStepInThePathIsRefused() throws Exception {
    HttpAuthenticator path =
        open(
            config(
                "status",
                "get",
                HttpAuthConfig.JSON,
                "/u/{username}",
                Map.of(),
                Map.of(),
                LONG,
                8,
                8));
    AuthDecision decision =
        path.authenticate(Attempts.of("dev-1", "..", "pw")).toCompletableFuture().get();
    assertEquals(
        "name_not_usable_in_request", assertInstanceOf(Deny.class, decision).refusal().cause());
    assertEquals(0, service.requests());
  }

  @Test
  void passwordThatIsNoTextIsRefused() throws Exception {
    ConnectAttempt attempt =
        new ConnectAttempt(
            "dev-1", "u", new Password(new byte[] {(byte) 0xff}), "", null, Listener.TCP);
    AuthDecision decision = emqx(LONG).authenticate(attempt).toCompletableFuture().get();
    assertEquals("password_not_text", assertInstanceOf(Deny.class, decision).refusal().cause());
  }

  @Test
  void vernemqWebhook() throws Exception {
    HttpAuthenticator vernemq = dialect("vernemq");
    service.answers(200, "{\"result\":\"ok\"}");
    assertInstanceOf(Allow.class, ask(vernemq, "dev-1"));
    AuthService.Request request = service.request();
    assertEquals(List.of("auth_on_register"), request.headers().get("Vernemq-hook"));
    JsonNode body = new ObjectMapper().readTree(request.body());
    assertEquals("192.0.2.7", body.path("peer_addr").asText());
    assertEquals(4711, body.path("peer_port").asInt());
    assertEquals("dev-1", body.path("client_id").asText());
    service.answers(200, "{\"result\":\"next\"}");
    assertEquals(new Ignore(false), ask(vernemq, "dev-1"));
    service.answers(200, "{\"result\":{\"error\":\"not_allowed\"}}");
    assertInstanceOf(Deny.class, ask(vernemq, "dev-1"));
  }

  @Test
  void plainStatusCodes() throws Exception {
    HttpAuthenticator status = dialect("status");
    service.answers(200, "anything");
    assertInstanceOf(Allow.class, ask(status, "dev-1"));
    service.answers(403, "");
    assertInstanceOf(Deny.class, ask(status, "dev-1"));
    service.answers(404, "");
    assertEquals(new Ignore(false), ask(status, "dev-1"));
    service.answers(500, "");
    assertEquals(new Ignore(true), ask(status, "dev-1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hangs",
        "drips",
        "breaks off",
        "is huge",
        "is no JSON",
        "is half JSON",
        "is a list",
        "has a bad rule",
        "redirects",
        "500"
      })
  void serviceInTroubleDeniesAndIsNotStuckAfterwards(String trouble) throws Exception {
    HttpAuthenticator one =
        open(
            config(
                "emqx",
                "post",
                HttpAuthConfig.JSON,
                "/",
                Map.of(),
                Map.of(),
                Duration.ofMillis(700),
                1,
                8));
    AuthenticatorChain chain = new AuthenticatorChain(List.of(one));
    switch (trouble) {
      case "hangs" -> service.behave(service::hang);
      case "drips" -> service.behave(service::drip);
      case "breaks off" -> service.behave(AuthService::breakOff);
      case "is huge" ->
          service.answers(200, "{\"result\":\"allow\",\"x\":\"" + "y".repeat(1 << 20) + "\"}");
      case "is no JSON" -> service.answers(200, "<html>allow</html>");
      case "is half JSON" -> service.answers(200, "{\"result\":\"allow\"");
      case "is a list" -> service.answers(200, "[\"allow\"]");
      case "has a bad rule" ->
          service.answers(
              200,
              "{\"result\":\"allow\",\"acl\":[{\"permission\":\"allow\",\"action\":\"all\",\"topic\":\"a/#/b\"}]}");
      case "redirects" ->
          service.behave(
              exchange -> {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
              });
      default -> service.answers(500, ALLOW);
    }
    for (int i = 0; i < 3; i++) {
      AuthenticatorChain.Outcome outcome = outcome(chain);
      assertEquals(
          "backend_failed", assertInstanceOf(Deny.class, outcome.decision()).refusal().cause());
      assertTrue(outcome.failed());
    }
    service.answers(200, ALLOW);
    // The limit of a request is short, and a machine may be slow: what counts is that it comes
    // back.
    io.mqttsentinel.testing.Await.until(
        "the next good answer", () -> outcome(chain).decision() instanceof Allow);
  }

  @Test
  void serviceThatIsDownDeniesUntilItIsBack() throws Exception {
    HttpAuthenticator one = emqx(LONG);
    AuthenticatorChain chain = new AuthenticatorChain(List.of(one));
    service.close();
    assertEquals(
        "backend_failed",
        assertInstanceOf(Deny.class, outcome(chain).decision()).refusal().cause());
  }

  @Test
  void serviceWithAForeignCertificateIsNotBelieved() throws Exception {
    AuthService foreign = new AuthService(new Authority());
    try (foreign;
        HttpAuthenticator one =
            new HttpAuthenticator(
                config(
                    "emqx",
                    "post",
                    HttpAuthConfig.JSON,
                    foreign.url("/"),
                    Map.of(),
                    Map.of(),
                    LONG,
                    8,
                    8),
                authority.trusting())) {
      assertInstanceOf(Deny.class, outcome(new AuthenticatorChain(List.of(one))).decision());
      assertEquals(0, foreign.requests());
    }
  }

  @Test
  void whoFindsNoPlaceIsRefusedAtOnceAndPlacesComeBack() throws Exception {
    HttpAuthenticator one =
        open(
            config(
                "emqx",
                "post",
                HttpAuthConfig.JSON,
                "/",
                Map.of(),
                Map.of(),
                Duration.ofSeconds(2),
                1,
                1));
    service.behave(service::hang);
    var first = one.authenticate(Attempts.of("a", "u", "p")).toCompletableFuture();
    var second = one.authenticate(Attempts.of("b", "u", "p")).toCompletableFuture();
    org.junit.jupiter.api.Assertions.assertThrows(
        RejectedExecutionException.class, () -> one.authenticate(Attempts.of("c", "u", "p")));
    CompletableFuture.allOf(first, second).handle((r, f) -> f).get(60, TimeUnit.SECONDS);
    assertTrue(first.isCompletedExceptionally());
    assertTrue(second.isCompletedExceptionally());
    service.answers(200, ALLOW);
    AuthenticatorChain chain = new AuthenticatorChain(List.of(one));
    io.mqttsentinel.testing.Await.until(
        "a free place", () -> outcome(chain).decision() instanceof Allow);
  }

  @Test
  void secretsAreNotPrinted() {
    HttpAuthConfig config =
        config(
            "emqx",
            "post",
            HttpAuthConfig.JSON,
            "/",
            Map.of("Authorization", "s3cret"),
            Map.of(),
            LONG,
            1,
            1);
    assertFalse(config.toString().contains("s3cret"));
    assertNull(
        new HttpAuthConfig(
                null,
                null,
                "emqx",
                "post",
                HttpAuthConfig.JSON,
                null,
                null,
                null,
                LONG,
                LONG,
                1,
                1,
                1024)
            .url());
  }

  private AuthenticatorChain.Outcome outcome(AuthenticatorChain chain) throws Exception {
    return chain
        .authenticate(Attempts.of("dev-1", "u", "pw"))
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private static AuthDecision ask(HttpAuthenticator authenticator, String clientId)
      throws Exception {
    return authenticator
        .authenticate(Attempts.of(clientId, "u", "pw"))
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private HttpAuthenticator emqx(Duration limit) throws Exception {
    return open(
        config("emqx", "post", HttpAuthConfig.JSON, "/auth", Map.of(), Map.of(), limit, 8, 8));
  }

  private HttpAuthenticator dialect(String dialect) throws Exception {
    return open(
        config(dialect, "post", HttpAuthConfig.JSON, "/auth", Map.of(), Map.of(), LONG, 8, 8));
  }

  private HttpAuthenticator open(HttpAuthConfig config) throws Exception {
    HttpAuthenticator authenticator = new HttpAuthenticator(config, authority.trusting());
    open.add(authenticator);
    return authenticator;
  }

  private HttpAuthConfig config(
      String dialect,
      String method,
      String contentType,
      String path,
      Map<String, String> headers,
      Map<String, String> body,
      Duration limit,
      int concurrent,
      int pending) {
    return new HttpAuthConfig(
        path.startsWith("/") ? service.url(path) : path,
        service.url("/topic/{clientid}"),
        dialect,
        method,
        contentType,
        headers,
        body,
        null,
        Duration.ofSeconds(20),
        limit,
        concurrent,
        pending,
        4096);
  }
}
