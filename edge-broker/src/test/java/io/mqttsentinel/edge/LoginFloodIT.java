package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Thousands of wrong passwords, from many addresses or one, and good clients who come meanwhile.
 */
public class LoginFloodIT extends EdgeSuite {

  private static final int ATTACKERS = 100;
  private static final int BAD_LOGINS = 10_000;
  private static final int FREE_GUESSES = 5;
  private static final int GOOD_CLIENTS = 100;
  private static final int AT_ONCE = 16;
  private static final int BAD_CREDENTIALS = 0x86;
  private static final int QUOTA_EXCEEDED = 0x97;
  private static final int NO_ANSWER = -1;
  private static final String VICTIM = "victim";

  private static final AtomicInteger QUESTIONS = new AtomicInteger();
  private static volatile CountDownLatch answer = new CountDownLatch(1);
  private static volatile boolean silent;

  @Override
  Map<String, Object> settings() {
    return Map.of(
        "sentinel.edge.proxy-protocol",
        "v1",
        "sentinel.edge.abuse.window",
        "1h",
        "sentinel.edge.abuse.suspect-after",
        FREE_GUESSES,
        "sentinel.edge.abuse.failures-per-address",
        BAD_LOGINS,
        "sentinel.edge.abuse.suspects-at-once",
        1,
        "sentinel.edge.abuse.suspects-waiting",
        1,
        "sentinel.edge.abuse.suspect-refusals",
        BAD_LOGINS,
        "sentinel.edge.jdbc.time-limit",
        "5m",
        "sentinel.edge.jdbc.user-query",
        "SELECT password_hash, salt, is_superuser, client_id FROM mqtt_user WHERE username = ?"
            + " AND asked(username)");
  }

  @BeforeAll
  void count() throws Exception {
    database.user(VICTIM);
    try (Connection connection = DriverManager.getConnection(database.url());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ALIAS asked FOR '" + LoginFloodIT.class.getName() + ".asked'");
    }
  }

  @BeforeEach
  void reset() {
    QUESTIONS.set(0);
    silent = false;
    answer = new CountDownLatch(1);
  }

  /** What the database does for each row: about the victim it falls silent at some time. */
  public static boolean asked(String username) throws InterruptedException {
    QUESTIONS.incrementAndGet();
    if (silent && username.equals(VICTIM)) {
      answer.await();
    }
    return true;
  }

  @Test
  void goodClientsGetInWhileTenThousandBadLoginsGetNowhere() throws Exception {
    for (int attacker = 0; attacker < ATTACKERS; attacker++) {
      for (int guess = 0; guess < FREE_GUESSES; guess++) {
        assertEquals(BAD_CREDENTIALS, login(bad(attacker), newId(), VICTIM, newId()));
      }
    }
    assertEquals(ATTACKERS * FREE_GUESSES, QUESTIONS.get());
    silent = true; // from now on whoever of them is asked about stays with the database
    int refused;
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      Future<Integer> flood = threads.submit(() -> flood(threads));
      for (int i = 0; i < GOOD_CLIENTS; i++) {
        String address = "10.2.0." + (i + 1);
        assertEquals(0, login(address, newId(), USER, AuthDatabase.PASSWORD), address);
      }
      refused = flood.get();
    } finally {
      answer.countDown();
    }
    assertEquals(BAD_LOGINS - ATTACKERS * FREE_GUESSES, refused);
    int asked = QUESTIONS.get() - ATTACKERS * FREE_GUESSES - GOOD_CLIENTS;
    assertTrue(asked <= 2, "asked about one suspect and the one that waited, but: " + asked);
    assertTrue(edge.gauge("sentinel.edge.auth.cache.size") <= QUESTIONS.get(), "cache");
    assertTrue(refusedAs("suspects_waiting") > 0);
    assertTrue(refusedAs("suspects_unheard") > 0);
    Await.until("no trace of their sockets", () -> edge.gauge("sentinel.edge.addresses") == 0);
    Await.until("no client left", () -> edge.gauge("sentinel.edge.connections") == 0);
    Await.until("all told", () -> edge.gauge("sentinel.edge.uplink.records") == 0);
  }

  @Test
  void addressThatGoesOnWithoutAPlaceIsBanned() throws Exception {
    String attacker = "10.3.0.1";
    Map<String, Object> strict = new HashMap<>(settings());
    strict.put("sentinel.edge.abuse.suspect-refusals", 5);
    List<RawClient> waiting = new ArrayList<>();
    try (TestEdge other = TestEdge.start(1, database.url(), strict)) {
      for (int guess = 0; guess < FREE_GUESSES; guess++) {
        assertEquals(BAD_CREDENTIALS, login(other, attacker, newId(), VICTIM, newId()));
      }
      silent = true;
      Await.until(
          "the edge to ban the address",
          () -> {
            waiting.add(attempt(other, attacker, newId(), VICTIM, newId()));
            return other.counter("sentinel.edge.bans.made", "reason", "suspect_flood") == 1;
          });
      answer.countDown();
      Await.until(
          "no answer to the address",
          () -> {
            try (RawClient client = attempt(other, attacker, newId(), USER, newId())) {
              return client.read() == null;
            }
          });
      assertEquals(0, login(other, "10.3.0.2", newId(), USER, AuthDatabase.PASSWORD));
      Await.until(
          "the ban on the record",
          () ->
              audits.poll(a -> a.getActivity() == AuditActivity.BAN).stream()
                  .anyMatch(a -> a.getCause().equals("suspect_flood")));
    } finally {
      answer.countDown();
      for (RawClient client : waiting) {
        client.close();
      }
    }
  }

  private double refusedAs(String reason) {
    return edge.counter("sentinel.edge.refused", "reason", reason);
  }

  /** How many were told that there is no place, or were not even listened to. */
  private int flood(ExecutorService threads) throws Exception {
    var attempts =
        IntStream.range(ATTACKERS * FREE_GUESSES, BAD_LOGINS)
            .mapToObj(i -> threads.submit(() -> login(bad(i), newId(), VICTIM, newId())))
            .toList();
    int refused = 0;
    for (Future<Integer> attempt : attempts) {
      refused += attempt.get() == QUOTA_EXCEEDED || attempt.get() == NO_ANSWER ? 1 : 0;
    }
    return refused;
  }

  private static String bad(int attempt) {
    return "10.1.0." + (attempt % ATTACKERS + 1);
  }

  private int login(String address, String clientId, String username, String password)
      throws IOException {
    return login(edge, address, clientId, username, password);
  }

  /** The reason code that it gets. */
  private static int login(
      TestEdge at, String address, String clientId, String username, String password)
      throws IOException {
    try (RawClient client = attempt(at, address, clientId, username, password)) {
      RawClient.Packet answer = client.read();
      return answer == null ? NO_ANSWER : answer.at(1);
    }
  }

  private static RawClient attempt(
      TestEdge at, String address, String clientId, String username, String password)
      throws IOException {
    RawClient client = new RawClient(at.server().tcpPort());
    client.sendRaw(
        "PROXY TCP4 %s 10.9.9.9 4711 1883\r\n"
            .formatted(address)
            .getBytes(StandardCharsets.US_ASCII));
    return client.connect(5, clientId, username, password);
  }
}
