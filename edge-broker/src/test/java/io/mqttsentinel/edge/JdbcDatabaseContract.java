package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.schemas.TopicFilter;
import io.mqttsentinel.testing.Await;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the authenticator does with every real database. Tables, account and address are those of
 * {@code docs/authentication.md}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JdbcDatabaseContract {

  static final String PASSWORD = AuthenticationDocument.PASSWORD;

  private static final String DATABASE = "mqtt";
  private static final String LAX = "lax";

  private AuthenticationDocument document;
  private DatabaseServer server;

  /** One that is not started yet; skips the test where it is not installed. */
  abstract DatabaseServer server(Path directory) throws Exception;

  /** Its name in JDBC addresses. */
  abstract String driver();

  /** What statements of SQL call the documented account. */
  abstract String account();

  /** A query, with one parameter, of what only administrators may read. */
  abstract String queryOfPasswords();

  /**
   * Makes a database with the documented tables which takes user names for equal that differ in
   * case, accents, or blanks at the end.
   */
  abstract void createLax(String database) throws Exception;

  @BeforeAll
  void startAsDocumented(@TempDir Path directory) throws Exception {
    document = new AuthenticationDocument();
    server = server(directory);
    server.create(new Authority());
    List<String> account = document.account(account());
    execute("", account.getFirst());
    server.execute(DATABASE, document.tables());
    server.execute(DATABASE, account.subList(1, account.size()));
    user("salted", Hashes.sha256("pepper", PASSWORD), "pepper", null);
    createLax(LAX);
    insertUser(LAX, "salted", Hashes.sha256("", PASSWORD), null, null);
  }

  @AfterAll
  void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  /** Makes a further database with the documented tables, changed, for the same account. */
  final void create(String database, String options, List<String> changes) throws SQLException {
    execute("", "CREATE DATABASE %s %s".formatted(database, options));
    server.execute(database, document.tables());
    server.execute(database, changes);
    execute(database, "GRANT SELECT ON mqtt_user TO " + account());
    execute(database, "GRANT SELECT ON mqtt_acl TO " + account());
  }

  private void execute(String database, String statement) throws SQLException {
    server.execute(database, List.of(statement));
  }

  /** An edge's authenticator that asks this database. */
  final AskedDatabase asked(String database, Map<String, Object> more) {
    Map<String, Object> p = document.configuration(driver(), server);
    p.compute(
        "sentinel.edge.jdbc.url",
        (key, url) -> ((String) url).replace("/" + DATABASE + "?", "/" + database + "?"));
    p.put("sentinel.services.edge-broker", true);
    p.put(EdgeFactory.SERVE, false);
    p.put("sentinel.edge.tcp-port", 0);
    p.putAll(more);
    return new AskedDatabase(ApplicationContext.builder().properties(p).banner(false).start());
  }

  private AskedDatabase asked(Map<String, Object> more) {
    return asked(DATABASE, more);
  }

  final AskedDatabase asked() {
    return asked(Map.of());
  }

  private void user(String name, String hash, String salt, String clientId) throws SQLException {
    insertUser(DATABASE, name, hash, salt, clientId);
  }

  final void insertUser(String database, String name, String hash, String salt, String clientId)
      throws SQLException {
    server.insert(
        database, "INSERT INTO mqtt_user VALUES (?, ?, ?, FALSE, ?)", name, hash, salt, clientId);
  }

  private void rule(String name, int position, String permission, String action, String topic)
      throws SQLException {
    server.insert(
        DATABASE,
        "INSERT INTO mqtt_acl VALUES (?, %d, ?, ?, ?)".formatted(position),
        name,
        permission,
        action,
        topic);
  }

  @ParameterizedTest // bcrypt and argon2id: vectors of their reference implementations
  @CsvSource({
    "bcrypt, U*U, $2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "argon2id, password,"
        + " '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'"
  })
  void hashThatOthersMade(String user, String password, String hash) throws Exception {
    user(user, hash, null, null);
    try (AskedDatabase asked = asked()) {
      asked.allowed("dev-1", user, password);
      assertEquals("bad_credentials", asked.denied("dev-1", user, password + "x"));
    }
  }

  @Test
  void hashWithRoundsOrSalt() throws Exception {
    user(
        "pbkdf2", Hashes.pbkdf2("pbkdf2-sha256", "PBKDF2WithHmacSHA256", 1000, PASSWORD), "", null);
    try (AskedDatabase asked = asked()) {
      for (String user : List.of("pbkdf2", "salted")) {
        asked.allowed("dev-1", user, PASSWORD);
        assertEquals("bad_credentials", asked.denied("dev-1", user, "wrong"));
      }
    }
  }

  @Test
  void rulesAndClientIdOfTheTables() throws Exception {
    user("ruled", Hashes.sha256("", PASSWORD), null, "dev-1");
    rule("ruled", 1, "deny", "publish", "sites/${username}/${clientid}/secret");
    rule("ruled", 2, "allow", "all", "sites/${username}/${clientid}/#");
    try (AskedDatabase asked = asked()) {
      Grant grant = asked.allowed("dev-1", "ruled", PASSWORD);
      assertTrue(grant.mayPublish("sites/ruled/dev-1/x", 0, false));
      assertFalse(grant.mayPublish("sites/ruled/dev-1/secret", 0, false));
      assertFalse(grant.maySubscribe(TopicFilter.of("clients/dev-1/#"), 0));
      assertEquals("client_id_not_allowed", asked.denied("dev-2", "ruled", PASSWORD));
    }
  }

  @Test
  void topicsAskedAboutOneByOne() throws Exception {
    server.execute(
        DATABASE,
        List.of(
            "CREATE TABLE device_topic (login VARCHAR(99), device VARCHAR(99), action VARCHAR(9),"
                + " topic VARCHAR(99), permission VARCHAR(5))",
            "GRANT SELECT ON device_topic TO " + account(),
            "INSERT INTO device_topic VALUES ('salted', 'dev-1', 'publish', 'plant/1', 'allow')"));
    String query =
        "SELECT permission FROM device_topic WHERE login = ? AND device = ? AND action = ? AND"
            + " topic = ?";
    try (AskedDatabase asked = asked(Map.of("sentinel.edge.jdbc.topic-query", query))) {
      assertTrue(asked.mayPublish("dev-1", "salted", "plant/1"));
      assertFalse(asked.mayPublish("dev-1", "salted", "plant/2"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "' OR '1'='1",
        "\\' OR 1=1 -- ",
        "\\",
        "salted\\",
        "\"",
        "salted' -- ",
        "%",
        "$1",
        "$$",
        "🙂"
      })
  void nameThatIsMadeToChangeTheQuery(String name) {
    try (AskedDatabase asked = asked()) {
      assertEquals("bad_credentials", asked.denied("dev-1", name, PASSWORD));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SALTED", "salted ", "sálted"})
  void nameThatOnlyLooksLikeAnother(String name) throws Exception {
    try (AskedDatabase documented = asked();
        AskedDatabase lax = asked(LAX, Map.of())) {
      assertTrue(lax.finds(name), "its database finds the other");
      assertEquals("bad_credentials", documented.denied("dev-1", name, PASSWORD));
      lax.allowed("dev-1", "salted", PASSWORD);
      assertEquals("bad_credentials", lax.denied("dev-1", name, PASSWORD));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT nothing FROM mqtt_user WHERE username = ?",
        "SELECT salt FROM mqtt_user WHERE username = ?",
        "SELECT * FROM no_such_table WHERE username = ?",
        "SELEKT ?"
      })
  void wrongQueryIsAFailure(String query) {
    try (AskedDatabase asked = asked(Map.of("sentinel.edge.jdbc.user-query", query))) {
      var decision = asked.ask("dev-1", "salted", PASSWORD);
      assertThrows(CompletionException.class, decision::join);
    }
  }

  @Test
  void accountOfTheDocumentCanReadNothingElse() {
    wrongQueryIsAFailure(queryOfPasswords());
  }

  @Test
  void accountOfTheDocumentCannotWrite() throws Exception {
    try (AskedDatabase asked = asked();
        Connection connection = asked.connect();
        Statement statement = connection.createStatement()) {
      var refused =
          assertThrows(
              SQLException.class,
              () -> statement.execute("UPDATE mqtt_user SET is_superuser = TRUE"));
      assertTrue(refused.getSQLState().startsWith("42"), refused.toString()); // access rule
    }
  }

  @Test
  void serverThatDiesFailsWhatItWasAskedAndIsUsedAgainWhenItIsBack() throws Exception {
    try (AskedDatabase asked = asked()) {
      asked.allowed("dev-1", "salted", PASSWORD);
      List<CompletableFuture<AuthDecision>> decisions = ask(asked, 200);
      server.kill();
      decisions.addAll(ask(asked, 20));
      assertTrue(0 < allowedOrFailed(decisions), "some are asked after it died");
      server.start();
      Await.until("it is asked again", () -> asked.allowed("dev-1", "salted", PASSWORD) != null);
    }
  }

  @Test
  void serverThatFallsSilentFailsWhatItWasAskedAndIsUsedAgainWhenItSpeaks() throws Exception {
    Map<String, Object> impatient = Map.of("sentinel.edge.jdbc.time-limit", "1s");
    try (AskedDatabase asked = asked(impatient)) {
      asked.allowed("dev-1", "salted", PASSWORD);
      server.freeze();
      List<CompletableFuture<AuthDecision>> decisions = ask(asked, 50);
      assertEquals(50, allowedOrFailed(decisions));
      server.thaw();
      Await.until("it is asked again", () -> asked.allowed("dev-1", "salted", PASSWORD) != null);
    }
  }

  private static List<CompletableFuture<AuthDecision>> ask(AskedDatabase asked, int times) {
    List<CompletableFuture<AuthDecision>> decisions = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      decisions.add(asked.ask("dev-" + i, "salted", PASSWORD));
    }
    return decisions;
  }

  /** Nobody may be told that a password is wrong because a server is away; counts the failures. */
  private static long allowedOrFailed(List<CompletableFuture<AuthDecision>> decisions) {
    return decisions.stream()
        .map(decision -> decision.handle((made, failure) -> made).join())
        .filter(
            made -> {
              if (made != null) {
                assertInstanceOf(Allow.class, made);
              }
              return made == null;
            })
        .count();
  }
}
