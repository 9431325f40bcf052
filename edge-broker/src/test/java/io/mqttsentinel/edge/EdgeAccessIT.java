package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bans, revocations, and the trail that all of it leaves. */
class EdgeAccessIT extends EdgeSuite {

  private static final int NOT_AUTHORIZED = 0x87;
  private static final int BANNED = 0x8A;
  private static final int ADMINISTRATIVE_ACTION = 0x98;

  @Override
  Map<String, Object> settings() {
    return Map.of(
        "sentinel.edge.limits.exempt-addresses",
        "none",
        "sentinel.edge.abuse.failures-per-address",
        100_000);
  }

  @Test
  void bannedClientIsThrownOutAndStaysOutUntilItIsLifted() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(5, id);
        RawClient other = connectRaw(5, newId())) {
      assertEquals(0, command("ban", "add", "--client", id, "--reason", "loud", "--for", "1h"));
      assertThrownOut(client, ADMINISTRATIVE_ACTION);
      other.send(0xC0);
      assertEquals(13, other.read().type(), "others are not concerned");
    }
    assertEquals(BANNED, connectCode(5, id, USER));
    assertEquals(5, connectCode(4, id, USER));
    String list = printed("ban", "list");
    assertTrue(list.contains(id), list);
    assertTrue(list.matches("(?s).*[1-9][0-9]* bans?\\R"), list);
    assertEquals(0, command("ban", "remove", "--client", id));
    assertEquals(1, command("ban", "remove", "--client", id), "it is not there any more");
    Await.until("the ban to be lifted", () -> connectCode(5, id, USER) == 0);
  }

  @Test
  void bannedUserIsThrownOut() throws Exception {
    String user = "user-" + newId();
    database.user(user);
    try (RawClient client = login(newId(), user)) {
      assertEquals(0, command("ban", "add", "--user", user));
      assertThrownOut(client, ADMINISTRATIVE_ACTION);
    }
    assertEquals(BANNED, connectCode(5, newId(), user));
  }

  @Test
  void bannedAddressGetsNoSocket() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(5, id)) {
      assertEquals(0, command("ban", "add", "--address", "127.0.0.0/24", "--for", "1h"));
      assertThrownOut(client, ADMINISTRATIVE_ACTION);
      try (RawClient next = new RawClient(edge.server().tcpPort())) {
        assertNull(next.read());
      }
    } finally {
      assertEquals(0, command("ban", "remove", "--address", "127.0.0.0/24"));
    }
    Await.until("the ban to be lifted", () -> connects(id));
  }

  private boolean connects(String id) throws Exception {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.connect(5, id, USER, AuthDatabase.PASSWORD);
      RawClient.Packet connack = client.read();
      return connack != null && connack.at(1) == 0;
    }
  }

  @Test
  void edgeKnowsOldBansBeforeItListens() throws Exception {
    String id = newId();
    assertEquals(0, command("ban", "add", "--client", id));
    try (TestEdge late = TestEdge.start(1, database.url(), settings());
        RawClient client = new RawClient(late.server().tcpPort())) {
      client.connect(5, id, USER, AuthDatabase.PASSWORD);
      assertEquals(BANNED, client.read().at(1));
    }
  }

  @Test
  void revokedUserIsThrownOutAndAskedAboutAgain() throws Exception {
    String user = "user-" + newId();
    database.user(user);
    String id = newId();
    try (RawClient client = login(id, user);
        RawClient other = connectRaw(5, newId())) {
      database.removeUser(user);
      assertEquals(0, connectCode(5, newId(), USER), "others come as before");
      assertEquals(0, connectCode(5, id + "b", USER));
      assertEquals(0, command("revoke", "--user", user));
      assertThrownOut(client, NOT_AUTHORIZED);
      other.send(0xC0);
      assertEquals(13, other.read().type());
    }
    Await.until("the old answer to be forgotten", () -> isRefused(id, user));
  }

  /** Who connects while others are thrown out may be thrown out with them, without an answer. */
  private boolean isRefused(String id, String user) throws Exception {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.connect(5, id, user, AuthDatabase.PASSWORD);
      RawClient.Packet connack = client.read();
      return connack != null && connack.at(1) != 0;
    }
  }

  @Test
  void rememberedAnswerIsUsedUntilItIsRevoked() throws Exception {
    String user = "user-" + newId();
    String id = newId();
    database.user(user);
    assertEquals(0, connectCode(5, id, user));
    database.removeUser(user);
    assertEquals(0, connectCode(5, id, user), "it is remembered");
    assertEquals(0, command("revoke", "--client", id, "--keep-connected"));
    Await.until("the old answer to be forgotten", () -> connectCode(5, id, user) != 0);
  }

  @Test
  void httpServiceDecides(@TempDir Path directory) throws Exception {
    Authority authority = new Authority();
    Path authorities = directory.resolve("ca.pem");
    authority.writeRoot(authorities);
    Map<String, Object> http = new java.util.HashMap<>(settings());
    try (AuthService service = new AuthService(authority)) {
      http.put("sentinel.edge.http.url", service.url("/auth"));
      http.put("sentinel.edge.http.authorities", authorities.toString());
      http.put("sentinel.edge.http.time-limit", "30s"); // the slowest machine's
      http.put("sentinel.edge.auth.tcp", "http");
      service.answers(
          200,
          """
          {"result":"allow","acl":[{"permission":"allow","action":"publish","topic":"up/${clientid}"}]}\
          """);
      try (TestEdge asking = TestEdge.start(2, database.url(), http)) {
        String id = newId();
        try (RawClient client = new RawClient(asking.server().tcpPort())) {
          client.connect(5, id, "who", "ever");
          assertEquals(0, client.read().at(1));
          client.send(0x32, publish("up/" + id, 1));
          assertEquals(0, reason(client.read()));
          client.send(0x32, publish("clients/" + id + "/up", 2));
          assertEquals(NOT_AUTHORIZED, reason(client.read()));
        }
        service.answers(
            200,
            "{\"result\":\"allow\",\"expire_at\":%d}"
                .formatted(Instant.now().getEpochSecond() + 2));
        try (RawClient client = new RawClient(asking.server().tcpPort())) {
          client.connect(5, newId(), "who", "ever");
          assertEquals(0, client.read().at(1));
          assertThrownOut(client, NOT_AUTHORIZED);
        }
        service.answers(500, "");
        try (RawClient client = new RawClient(asking.server().tcpPort())) {
          client.connect(5, newId(), "who", "ever");
          assertEquals(0x88, client.read().at(1));
        }
      }
    }
  }

  private static int reason(RawClient.Packet puback) {
    return puback.length() > 2 ? puback.at(2) : 0;
  }

  @Test
  void guesserIsBannedOnAllEdges() throws Exception {
    Map<String, Object> strict = new java.util.HashMap<>(settings());
    strict.put("sentinel.edge.abuse.failures-per-address", 5);
    try (TestEdge watching = TestEdge.start(3, database.url(), strict)) {
      Await.until(
          "the guesser's address to be banned",
          () -> {
            try (RawClient client = new RawClient(watching.server().tcpPort())) {
              client.connect(5, newId(), USER, "guess");
              return client.read() == null;
            }
          });
      Await.until("the other edge to know", () -> !connects(newId()));
      Await.until(
          "the ban on the record",
          () ->
              audits.poll(a -> a.getActivity() == AuditActivity.BAN).stream()
                  .anyMatch(a -> a.getCause().equals("brute_force_address")));
    } finally {
      assertEquals(0, command("ban", "remove", "--address", "127.0.0.1"));
    }
    Await.until("the ban to be lifted", () -> connects(newId()));
  }

  @Test
  void trailIsWholeAndHoldsNoSecret() throws Exception {
    String id = newId();
    connectRaw(5, id).close();
    assertTrue(connectCode(5, id, "nobody") != 0);
    List<AuthAudit> trail =
        Await.value(
            "three records",
            () -> audits.poll(a -> a.getClientId().equals(id)),
            list -> list.size() >= 3);
    for (AuthAudit audit : trail) {
      assertFalse(audit.toString().contains(AuthDatabase.PASSWORD));
      assertTrue(audit.getSequence() > 0);
      assertTrue(audit.getProducer().startsWith(edge.name() + "/"));
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (AccessAdmin admin = admin()) {
      int code = new AccessCommand(print(text), Clock.systemUTC()).run(admin, "audit", "verify");
      String printed = text.toString(StandardCharsets.UTF_8);
      assertEquals(0, code, printed);
      assertTrue(printed.contains(edge.name() + "/"), printed);
    }
  }

  private int command(String... words) {
    try (AccessAdmin admin = admin()) {
      return new AccessCommand(print(new ByteArrayOutputStream()), Clock.systemUTC())
          .run(admin, words);
    }
  }

  private String printed(String... words) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (AccessAdmin admin = admin()) {
      var _ = new AccessCommand(print(text), Clock.systemUTC()).run(admin, words);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private static PrintStream print(ByteArrayOutputStream text) {
    return new PrintStream(text, true, StandardCharsets.UTF_8);
  }

  private AccessAdmin admin() {
    return new AccessAdmin(
        edge.bean(KafkaConfig.class), edge.bean(AvroSerdes.class), Clock.systemUTC(), "tester");
  }

  private RawClient login(String id, String user) throws Exception {
    RawClient client = new RawClient(edge.server().tcpPort());
    client.connect(5, id, user, AuthDatabase.PASSWORD);
    assertEquals(0, client.read().at(1));
    return client;
  }

  private int connectCode(int version, String id, String user) throws Exception {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.connect(version, id, user, AuthDatabase.PASSWORD);
      RawClient.Packet connack = client.read();
      assertNotNull(connack, "closed without an answer");
      return connack.at(1);
    }
  }

  private static void assertThrownOut(RawClient client, int reason) throws Exception {
    RawClient.Packet disconnect = client.read();
    assertNotNull(disconnect, "closed without a word");
    assertEquals(14, disconnect.type());
    assertEquals(reason, disconnect.at(0));
    assertNull(client.read());
  }

  private static byte[] publish(String topic, int packetId) {
    return RawClient.bytes(RawClient.text(topic), new byte[] {0, (byte) packetId, 0}, utf8("x"));
  }
}
