package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.schemas.PermissionAction;
import io.mqttsentinel.schemas.TopicFilter;
import io.mqttsentinel.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The authenticator against a real MariaDB, which stands in for MySQL and Percona Server too.
 * Tables, account and address are those of {@code docs/authentication.md}.
 */
class JdbcMariaDbIT {

  private static final Path DOCUMENT = Path.of("../docs/authentication.md");
  private static final String DOCUMENTED_PASSWORD = "'…'";
  private static final String PASSWORD = "correct horse";

  @TempDir static Path directory;

  private static MariaDb database;
  private static String document;

  @BeforeAll
  static void startAsDocumented() throws Exception {
    document = Files.readString(DOCUMENT);
    database = MariaDb.start(directory, new Authority());
    List<String> tables = sql("CREATE TABLE mqtt_user");
    List<String> account = sql("CREATE DATABASE mqtt");
    database.execute("", List.of(account.getFirst()));
    database.execute("mqtt", tables);
    database.execute("mqtt", account.subList(1, account.size()));
    user("salted", Hashes.sha256("pepper", PASSWORD), "pepper", null);
  }

  @AfterAll
  static void stop() throws Exception {
    if (database != null) {
      database.close();
    }
  }

  /** The statements of the block of the document that has this text. */
  private static List<String> sql(String text) {
    Matcher block = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL).matcher(document);
    while (block.find()) {
      if (block.group(1).contains(text)) {
        return Arrays.stream(block.group(1).replaceAll("--[^\\n]*", "").split(";"))
            .map(String::strip)
            .filter(statement -> !statement.isEmpty())
            .map(statement -> statement.replace(DOCUMENTED_PASSWORD, "'" + PASSWORD + "'"))
            .toList();
      }
    }
    throw new AssertionError("no block of SQL has " + text);
  }

  /** The documented configuration, but for host, port, and where the certificate is. */
  private static Map<String, Object> documented() {
    Matcher yaml =
        Pattern.compile("url: (jdbc:mariadb:\\S+)\\s+username: (\\w+)").matcher(document);
    assertTrue(yaml.find(), "the document has an address for MariaDB");
    String url =
        yaml.group(1)
            .replace("auth-db:3306", "localhost:" + database.port())
            .replaceAll("serverSslCert=[^&]+", "serverSslCert=" + database.authority());
    Map<String, Object> p = new HashMap<>();
    p.put("sentinel.edge.jdbc.url", url);
    p.put("sentinel.edge.jdbc.username", yaml.group(2));
    p.put("sentinel.edge.jdbc.password", PASSWORD);
    return p;
  }

  private static Asked asked() {
    return asked(Map.of());
  }

  private static Asked asked(Map<String, Object> more) {
    Map<String, Object> p = documented();
    p.put("sentinel.services.edge-broker", true);
    p.put(EdgeFactory.SERVE, false);
    p.put("sentinel.edge.tcp-port", 0);
    p.putAll(more);
    return new Asked(ApplicationContext.builder().properties(p).banner(false).start());
  }

  private record Asked(ApplicationContext context) implements AutoCloseable {

    CompletableFuture<AuthDecision> ask(String clientId, String username, String password) {
      return context
          .getBean(JdbcAuthenticator.class)
          .authenticate(Attempts.of(clientId, username, password))
          .toCompletableFuture();
    }

    Grant allowed(String clientId, String username) {
      AuthDecision decision = ask(clientId, username, PASSWORD).join();
      return assertInstanceOf(Allow.class, decision, username).grant();
    }

    String denied(String clientId, String username, String password) {
      AuthDecision decision = ask(clientId, username, password).join();
      return assertInstanceOf(Deny.class, decision, username).refusal().cause();
    }

    @Override
    public void close() {
      context.close();
    }
  }

  private static void user(String name, String hash, String salt, String clientId)
      throws Exception {
    insert("mqtt", "INSERT INTO mqtt_user VALUES (?, ?, ?, FALSE, ?)", name, hash, salt, clientId);
  }

  private static void rule(
      String name, int position, String permission, String action, String topic) throws Exception {
    insert(
        "mqtt",
        "INSERT INTO mqtt_acl VALUES (?, ?, ?, ?, ?)",
        name,
        Integer.toString(position),
        permission,
        action,
        topic);
  }

  private static void insert(String schema, String sql, String... values) throws Exception {
    try (var connection = database.connect(schema);
        PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        insert.setString(i + 1, values[i]);
      }
      insert.execute();
    }
  }

  @ParameterizedTest // bcrypt and argon2id: vectors of their reference implementations
  @CsvSource({
    "bcrypt, U*U, $2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "argon2id, password,"
        + " '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'"
  })
  void hashThatOthersMade(String user, String password, String hash) throws Exception {
    user(user, hash, null, null);
    try (Asked asked = asked()) {
      assertInstanceOf(Allow.class, asked.ask("dev-1", user, password).join());
      assertEquals("bad_credentials", asked.denied("dev-1", user, password + "x"));
    }
  }

  @Test
  void hashWithRoundsOrSalt() throws Exception {
    user(
        "pbkdf2", Hashes.pbkdf2("pbkdf2-sha256", "PBKDF2WithHmacSHA256", 1000, PASSWORD), "", null);
    try (Asked asked = asked()) {
      for (String user : List.of("pbkdf2", "salted")) {
        asked.allowed("dev-1", user);
        assertEquals("bad_credentials", asked.denied("dev-1", user, "wrong"));
      }
    }
  }

  @Test
  void rulesAndClientIdOfTheTables() throws Exception {
    user("ruled", Hashes.sha256("", PASSWORD), null, "dev-1");
    rule("ruled", 1, "deny", "publish", "sites/${username}/${clientid}/secret");
    rule("ruled", 2, "allow", "all", "sites/${username}/${clientid}/#");
    try (Asked asked = asked()) {
      Grant grant = asked.allowed("dev-1", "ruled");
      assertTrue(grant.mayPublish("sites/ruled/dev-1/x", 0, false));
      assertFalse(grant.mayPublish("sites/ruled/dev-1/secret", 0, false));
      assertFalse(grant.maySubscribe(TopicFilter.of("clients/dev-1/#"), 0));
      assertEquals("client_id_not_allowed", asked.denied("dev-2", "ruled", PASSWORD));
    }
  }

  @Test
  void topicsAskedAboutOneByOne() throws Exception {
    database.execute(
        "mqtt",
        List.of(
            "CREATE TABLE device_topic (login VARCHAR(99), device VARCHAR(99), action VARCHAR(9),"
                + " topic VARCHAR(99), permission VARCHAR(5))",
            "GRANT SELECT ON device_topic TO sentinel@'%'",
            "INSERT INTO device_topic VALUES ('salted', 'dev-1', 'publish', 'plant/1', 'allow')"));
    String query =
        "SELECT permission FROM device_topic WHERE login = ? AND device = ? AND action = ? AND"
            + " topic = ?";
    try (Asked asked = asked(Map.of("sentinel.edge.jdbc.topic-query", query))) {
      assertTrue(mayPublish(asked, "plant/1"));
      assertFalse(mayPublish(asked, "plant/2"));
    }
  }

  private static boolean mayPublish(Asked asked, String topic) {
    return asked
        .context()
        .getBean(JdbcAuthenticator.class)
        .isAllowed(
            Attempts.of("dev-1", "salted", null),
            new TopicQuestion(PermissionAction.PUBLISH, topic, 0, false))
        .toCompletableFuture()
        .join();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"' OR '1'='1", "\\' OR 1=1 -- ", "\\", "salted\\", "\"", "salted' -- ", "%", "🙂"})
  void nameThatIsMadeToChangeTheQuery(String name) {
    try (Asked asked = asked()) {
      assertEquals("bad_credentials", asked.denied("dev-1", name, PASSWORD));
    }
  }

  /** Collations that take such names for equal are the usual ones of these databases. */
  @ParameterizedTest
  @ValueSource(strings = {"SALTED", "salted ", "sálted"})
  void nameThatOnlyLooksLikeAnother(String name) throws Exception {
    database.execute("", List.of("CREATE DATABASE IF NOT EXISTS lax COLLATE utf8mb4_general_ci"));
    List<String> tables = sql("CREATE TABLE mqtt_user");
    database.execute("lax", List.of("DROP TABLE IF EXISTS mqtt_user, mqtt_acl"));
    database.execute("lax", tables);
    database.execute("lax", List.of("GRANT SELECT ON lax.* TO sentinel@'%'"));
    insert(
        "lax",
        "INSERT INTO mqtt_user VALUES (?, ?, NULL, FALSE, NULL)",
        "salted",
        Hashes.sha256("", PASSWORD));
    String url = ((String) documented().get("sentinel.edge.jdbc.url")).replace("/mqtt?", "/lax?");
    try (Asked documented = asked();
        Asked lax = asked(Map.of("sentinel.edge.jdbc.url", url))) {
      assertEquals("bad_credentials", documented.denied("dev-1", name, PASSWORD));
      lax.allowed("dev-1", "salted");
      assertEquals("bad_credentials", lax.denied("dev-1", name, PASSWORD));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT nothing FROM mqtt_user WHERE username = ?",
        "SELECT salt FROM mqtt_user WHERE username = ?",
        "SELECT * FROM no_such_table WHERE username = ?",
        "SELECT * FROM mysql.global_priv WHERE user = ?",
        "SELEKT ?"
      })
  void wrongQueryIsAFailure(String query) {
    try (Asked asked = asked(Map.of("sentinel.edge.jdbc.user-query", query))) {
      var decision = asked.ask("dev-1", "salted", PASSWORD);
      assertThrows(CompletionException.class, decision::join);
    }
  }

  @Test
  void accountOfTheDocumentCannotWrite() {
    String query = "UPDATE mqtt_user SET is_superuser = TRUE WHERE username = ?";
    try (Asked asked = asked(Map.of("sentinel.edge.jdbc.user-query", query))) {
      var decision = asked.ask("dev-1", "salted", PASSWORD);
      assertThrows(CompletionException.class, decision::join);
    }
  }

  @Test
  void serverThatDiesFailsWhatItWasAskedAndIsUsedAgainWhenItIsBack() throws Exception {
    try (Asked asked = asked()) {
      asked.allowed("dev-1", "salted");
      List<CompletableFuture<AuthDecision>> decisions = ask(asked, 200);
      database.kill();
      decisions.addAll(ask(asked, 20));
      assertTrue(0 < allowedOrFailed(decisions), "some are asked after it died");
      database.start();
      Await.until("it is asked again", () -> asked.allowed("dev-1", "salted") != null);
    }
  }

  @Test
  void serverThatFallsSilentFailsWhatItWasAskedAndIsUsedAgainWhenItSpeaks() throws Exception {
    Map<String, Object> impatient = Map.of("sentinel.edge.jdbc.time-limit", "1s");
    try (Asked asked = asked(impatient)) {
      asked.allowed("dev-1", "salted");
      database.freeze();
      List<CompletableFuture<AuthDecision>> decisions = ask(asked, 50);
      assertEquals(50, allowedOrFailed(decisions));
      database.thaw();
      Await.until("it is asked again", () -> asked.allowed("dev-1", "salted") != null);
    }
  }

  private static List<CompletableFuture<AuthDecision>> ask(Asked asked, int times) {
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
