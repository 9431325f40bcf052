package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import io.mqttsentinel.schemas.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbcAuthenticatorTest {

  private AuthDatabase database;
  private JdbcAuthenticator authenticator;

  @BeforeEach
  void open() throws Exception {
    database = new AuthDatabase();
    authenticator = authenticator(database.url());
  }

  @AfterEach
  void close() throws Exception {
    authenticator.close();
    database.close();
  }

  private static JdbcAuthenticator authenticator(String url) {
    return authenticator(
        url,
        "SELECT password_hash, salt, is_superuser, client_id FROM mqtt_user WHERE username = ?");
  }

  private static JdbcAuthenticator authenticator(String url, String userQuery) {
    return authenticator(
        url,
        userQuery,
        "SELECT permission, action, topic FROM mqtt_acl WHERE username = ? ORDER BY position");
  }

  private static JdbcAuthenticator authenticator(String url, String userQuery, String aclQuery) {
    HikariConfig pool = new HikariConfig();
    pool.setJdbcUrl(url);
    pool.setMaximumPoolSize(2);
    pool.setConnectionTimeout(250);
    pool.setInitializationFailTimeout(-1);
    return new JdbcAuthenticator(
        new HikariDataSource(pool),
        new JdbcConfig(
            url,
            null,
            null,
            userQuery,
            aclQuery,
            null,
            2,
            Duration.ofMillis(250),
            Duration.ofSeconds(20),
            1,
            10),
        new VerifiedPasswords(Duration.ofHours(1), 100, Ticker.systemTicker()));
  }

  @Test
  void withoutRulesAClientHasItsOwnTree() throws Exception {
    database.user("u");
    Grant grant = allowed("dev-1", "u");
    assertTrue(grant.mayPublish("clients/dev-1/x", 0, false));
    assertTrue(grant.maySubscribe(TopicFilter.of("clients/dev-1/#"), 0));
    assertFalse(grant.mayPublish("clients/dev-2/x", 0, false));
    assertFalse(grant.maySubscribe(TopicFilter.of("clients/+/alerts"), 0));
  }

  @Test
  void withRulesThereIsNothingElse() throws Exception {
    database.user("u");
    database.rule("u", "deny", "publish", "sites/${username}/${clientid}/secret", 1);
    database.rule("u", "ALLOW", "all", "sites/${username}/${clientid}/#", 2);
    database.rule("u", "allow", "subscribe", "eq all/+", 3);
    Grant grant = allowed("dev-1", "u");
    assertTrue(grant.mayPublish("sites/u/dev-1/x", 0, false));
    assertFalse(grant.mayPublish("sites/u/dev-1/secret", 0, false));
    assertFalse(grant.mayPublish("sites/u/dev-2/x", 0, false));
    assertFalse(grant.mayPublish("clients/dev-1/x", 0, false));
    assertTrue(grant.maySubscribe(TopicFilter.of("all/+"), 0));
    assertFalse(grant.maySubscribe(TopicFilter.of("all/a"), 0));
  }

  @Test
  void nameThatWouldWidenARuleIsRefused() throws Exception {
    database.user("+");
    database.rule("+", "allow", "all", "sites/${username}/#", 1);
    assertEquals("name_not_usable_in_permissions", denied("dev-1", "+", AuthDatabase.PASSWORD));
  }

  @Test
  void superuserMayEverything() throws Exception {
    database.user("root", Hashes.sha256("", "pw"), null, true, null);
    Grant grant = ((Allow) decide("dev-1", "root", "pw")).grant();
    assertTrue(grant.superuser());
    assertTrue(grant.mayPublish("any/thing", 0, false));
    assertTrue(grant.maySubscribe(TopicFilter.of("#"), 0));
  }

  @Test
  void wrongPasswordAndUnknownUserAreTheSame() throws Exception {
    database.user("u");
    assertEquals("bad_credentials", denied("dev-1", "u", "wrong"));
    assertEquals("bad_credentials", denied("dev-1", "nobody", AuthDatabase.PASSWORD));
    assertEquals("bad_credentials", denied("dev-1", "' OR '1'='1", AuthDatabase.PASSWORD));
  }

  @Test
  void rulesAreAskedForOnlyBehindTheRightPassword() throws Exception {
    String userQuery =
        "SELECT password_hash, salt, is_superuser, client_id FROM mqtt_user WHERE username = ?";
    database.user("u");
    database.user(
        "slow",
        Hashes.pbkdf2("pbkdf2-sha256", "PBKDF2WithHmacSHA256", 1000, "pw"),
        null,
        false,
        null);
    try (JdbcAuthenticator odd =
        authenticator(database.url(), userQuery, "SELECT 1 FROM no_such_table WHERE a = ?")) {
      for (String name : List.of("u", "slow", "nobody")) {
        ConnectAttempt wrong = attempt("dev-1", name, "wrong");
        assertInstanceOf(Deny.class, odd.authenticate(wrong).toCompletableFuture().join());
      }
      for (ConnectAttempt right :
          List.of(attempt("dev-1", "u", AuthDatabase.PASSWORD), attempt("dev-1", "slow", "pw"))) {
        assertThrows(
            CompletionException.class, () -> odd.authenticate(right).toCompletableFuture().join());
      }
    }
  }

  @Test
  void unknownUserIsNotFoundByThePasswordOfTheDecoy() throws Exception {
    database.user("u");
    allowed("dev-1", "u"); // its hash is what unknown users are measured with from now on
    assertEquals("bad_credentials", denied("dev-1", "nobody", AuthDatabase.PASSWORD));
  }

  @Test
  void accountForOneClientId() throws Exception {
    database.user("u", Hashes.sha256("", "pw"), null, false, "dev-1");
    assertInstanceOf(Allow.class, decide("dev-1", "u", "pw"));
    assertEquals("client_id_not_allowed", denied("dev-2", "u", "pw"));
    assertEquals("bad_credentials", denied("dev-2", "u", "wrong"), "nothing is told before");
  }

  @Test
  void clientWithoutCredentialsIsForOthersToDecide() {
    assertInstanceOf(
        Ignore.class,
        authenticator.authenticate(Attempts.of("dev-1", null, null)).toCompletableFuture().join());
  }

  @Test
  void nonsenseInTheTablesDeniesThatAccountAlone() throws Exception {
    GuardedAuthenticator guarded =
        new GuardedAuthenticator(
            authenticator,
            new AuthConfig(null, null, null, null, null, 50, 2, Duration.ofHours(1)));
    database.user("good");
    database.user("star", "*", null, false, null);
    database.user("null", null, null, false, null);
    database.user("broken bcrypt", "$2a$10$tooshort", null, false, null);
    database.user("broken argon2", "$argon2id$v=19$m=1,t=1,p=9$AA$AA", null, false, null);
    for (String name : List.of("star", "null", "broken bcrypt", "broken argon2")) {
      assertUnusable(guarded, name);
    }
    String[][] rules = {
      {"maybe", "all", "x/#"},
      {"allow", "dance", "x/#"},
      {"allow", "none", "x/#"},
      {"allow", "all", "x/#/y"},
      {null, "all", "x"},
      {"allow", null, "x"},
      {"allow", "all", null}
    };
    for (int i = 0; i < rules.length; i++) {
      String name = "rule " + i;
      database.user(name);
      database.rule(name, rules[i][0], rules[i][1], rules[i][2], 1);
      assertUnusable(guarded, name);
      assertEquals("bad_credentials", denied("dev-1", name, "wrong"), "nothing is told before");
    }
    assertEquals(0, guarded.breakerState());
    allowed("dev-1", "good");
  }

  private static void assertUnusable(Authenticator guarded, String name) {
    AuthDecision decision =
        guarded
            .authenticate(attempt("dev-1", name, AuthDatabase.PASSWORD))
            .toCompletableFuture()
            .join();
    Refusal refusal = assertInstanceOf(Deny.class, decision, name).refusal();
    assertEquals(new Refusal(ReasonCode.NOT_AUTHORIZED, "account_unusable"), refusal, name);
    assertFalse(refusal.isFailedLogin());
  }

  @Test
  void valueThatTheDatabaseCannotReadDeniesThatAccountAlone() throws Exception {
    try (JdbcAuthenticator odd =
        authenticator(
            database.url(),
            "SELECT password_hash, salt, salt AS is_superuser, client_id FROM mqtt_user"
                + " WHERE username = ?")) {
      database.user("u", Hashes.sha256("so so", AuthDatabase.PASSWORD), "so so", false, null);
      assertUnusable(odd, "u");
    }
  }

  @Test
  void queryThatIsWrongIsAFailure() throws Exception {
    database.user("u");
    try (JdbcAuthenticator odd =
        authenticator(database.url(), "SELECT salt FROM mqtt_user WHERE username = ?")) {
      ConnectAttempt attempt = attempt("dev-1", "u", "pw");
      assertThrows(
          CompletionException.class, () -> odd.authenticate(attempt).toCompletableFuture().join());
    }
  }

  @Test
  void databaseThatIsAwayIsAFailure() {
    try (JdbcAuthenticator away = authenticator("jdbc:h2:tcp://127.0.0.1:1/none")) {
      ConnectAttempt attempt = attempt("dev-1", "u", "pw");
      assertThrows(
          CompletionException.class, () -> away.authenticate(attempt).toCompletableFuture().join());
    }
  }

  private Grant allowed(String clientId, String username) {
    return assertInstanceOf(Allow.class, decide(clientId, username, AuthDatabase.PASSWORD)).grant();
  }

  private String denied(String clientId, String username, String password) {
    return assertInstanceOf(Deny.class, decide(clientId, username, password)).refusal().cause();
  }

  private AuthDecision decide(String clientId, String username, String password) {
    return authenticator
        .authenticate(attempt(clientId, username, password))
        .toCompletableFuture()
        .join();
  }

  private static ConnectAttempt attempt(String clientId, String username, String password) {
    return Attempts.of(clientId, username, password);
  }
}
