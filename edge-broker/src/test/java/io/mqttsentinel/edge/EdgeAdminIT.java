package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.runtime.server.EmbeddedServer;
import io.mqttsentinel.testing.Await;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Bans and revocations over HTTP. */
class EdgeAdminIT extends EdgeSuite {

  private static final String TOKEN = UUID.randomUUID().toString();

  private final HttpClient http = HttpClient.newHttpClient();

  @Override
  Map<String, Object> settings() {
    return Map.of("sentinel.edge.admin.token", TOKEN);
  }

  private HttpResponse<String> call(String method, String path, String body, String token)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(edge.bean(EmbeddedServer.class).getURL() + path))
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> call(String method, String path, String body) throws Exception {
    return call(method, path, body, TOKEN);
  }

  private int connectCode(String id) throws Exception {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.connect(5, id, USER, AuthDatabase.PASSWORD);
      return client.read().at(1);
    }
  }

  @Test
  void whoIsBannedIsDisconnectedAndStaysOutUntilItIsLifted() throws Exception {
    String id = newId() + " ü&x";
    String query = "/api/v1/bans?client=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    try (RawClient client = connectRaw(5, id)) {
      HttpResponse<String> made =
          call(
              "POST",
              "/api/v1/bans",
              "{\"client\":\"" + id + "\",\"for\":\"1h\",\"reason\":\"loud\"}");
      assertEquals(201, made.statusCode(), made.body());
      assertTrue(made.body().contains("\"until\""), made.body());
      assertEquals(14, client.read().type());
      assertNull(client.read());
    }
    assertEquals(ReasonCode.BANNED, connectCode(id));
    String listed = call("GET", "/api/v1/bans", null).body();
    assertTrue(listed.contains(id) && listed.contains("loud"), listed);
    assertEquals(204, call("DELETE", query, null).statusCode());
    Await.until("the ban to be lifted", () -> connectCode(id) == 0);
    assertEquals(404, call("DELETE", query, null).statusCode());
    assertTrue(
        Await.value(
                "what was done, in the audit trail",
                () -> audits.poll(audit -> audit.getClientId().equals(id)),
                list ->
                    list.stream().anyMatch(audit -> audit.getCause().equals("ban_added"))
                        && list.stream().anyMatch(audit -> audit.getCause().equals("ban_removed")))
            .stream()
            .filter(audit -> audit.getCause().startsWith("ban_"))
            .allMatch(audit -> audit.getAuthenticator().equals("api")));
  }

  @Test
  void whoseGrantIsRevokedIsDisconnected() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      assertEquals(
          202, call("POST", "/api/v1/revocations", "{\"client\":\"" + id + "\"}").statusCode());
      assertEquals(ReasonCode.NOT_AUTHORIZED, client.read().at(0));
    }
  }

  @Test
  void withoutTheTokenNothingIsDone() throws Exception {
    String body = "{\"client\":\"" + newId() + "\"}";
    for (String token : new String[] {null, "", "wrong", TOKEN + "x"}) {
      HttpResponse<String> refused = call("POST", "/api/v1/bans", body, token);
      assertEquals(401, refused.statusCode());
      assertFalse(refused.body().contains(TOKEN));
      assertEquals(401, call("GET", "/api/v1/bans", null, token).statusCode());
    }
  }

  @Test
  void whatMakesNoSenseIsRefusedWithTheReason() throws Exception {
    assertRefused("{}", "exactly one of client, user, address");
    assertRefused("{\"client\":\"a\",\"user\":\"b\"}", "exactly one of");
    assertRefused("{\"client\":\"\"}", "empty");
    assertRefused("{\"address\":\"10.0.0.0/99\"}", "10.0.0.0/99");
    assertRefused("{\"client\":\"a\",\"for\":\"soon\"}", "'soon' is no time");
    assertRefused("{\"client\":\"a\",\"for\":\"0s\"}", "not more than nothing");
    assertEquals(400, call("POST", "/api/v1/bans", "{").statusCode());
  }

  private void assertRefused(String body, String reason) throws Exception {
    HttpResponse<String> refused = call("POST", "/api/v1/bans", body);
    assertEquals(400, refused.statusCode(), body);
    assertTrue(refused.body().contains(reason), refused.body());
  }
}
