package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PostgreSQL, also with as many users as a large fleet has. */
final class JdbcPostgreSqlIT extends JdbcDatabaseContract {

  private static final int FLEET = 1_500_000;
  private static final int RULED = 10; // every tenth has a rule

  @Override
  DatabaseServer server(Path directory) throws Exception {
    return new PostgreSql(directory);
  }

  @Override
  String driver() {
    return "postgresql";
  }

  @Override
  String account() {
    return "sentinel";
  }

  @Override
  String queryOfPasswords() {
    return "SELECT * FROM pg_authid WHERE rolname = ?";
  }

  /** Only who asks for it gets such a collation. */
  @Override
  void createLax(String database) throws Exception {
    create(
        database,
        "",
        List.of(
            "CREATE COLLATION lax (provider = icu, locale = 'und-u-ka-shifted-ks-level1',"
                + " deterministic = false)",
            "ALTER TABLE mqtt_user ALTER COLUMN username TYPE VARCHAR(255) COLLATE lax",
            "ALTER TABLE mqtt_acl ALTER COLUMN username TYPE VARCHAR(255) COLLATE lax"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SALTED", "salted ", "sálted"})
  void documentedTablesTellNamesApart(String name) throws Exception {
    try (AskedDatabase asked = asked()) {
      assertTrue(asked.finds("salted"));
      assertFalse(asked.finds(name));
    }
  }

  @Test
  void nameThatItCannotStoreConcernsNobodyElse() {
    try (AskedDatabase asked = asked()) {
      assertEquals("account_unusable", asked.denied("dev-1", "salted\0", PASSWORD));
      asked.allowed("dev-1", "salted", PASSWORD);
    }
  }

  @Test
  void columnOfFixedLengthLetsNobodyIn() throws Exception {
    create("padded", "", List.of("ALTER TABLE mqtt_user ALTER COLUMN username TYPE CHAR(20)"));
    insertUser("padded", "salted", Hashes.sha256("", PASSWORD), null, null);
    try (AskedDatabase padded = asked("padded", Map.of())) {
      assertTrue(padded.finds("salted"));
      assertEquals("bad_credentials", padded.denied("dev-1", "salted", PASSWORD));
    }
  }

  @Test
  void oneAndAHalfMillionUsersAreFoundByTheIndex() throws Exception {
    create("fleet", "", fill());
    try (AskedDatabase asked = asked("fleet", Map.of())) {
      for (int device : List.of(1, FLEET / 2, FLEET)) {
        String name = name(device);
        Grant grant = asked.allowed(name, name, "secret-" + device);
        boolean ruled = device % RULED == 0;
        assertEquals(ruled, grant.mayPublish("fleet/" + name + "/x", 0, false));
        assertEquals("bad_credentials", asked.denied(name, name, "secret-0"));
      }
      assertEquals("bad_credentials", asked.denied("x", name(FLEET + 1), "secret-1"));
      assertUses(asked, "mqtt_user_pkey", asked.config().userQuery());
      assertUses(asked, "mqtt_acl_pkey", asked.config().aclQuery());
    }
  }

  private static String name(int device) {
    return "device-%07d".formatted(device);
  }

  private static List<String> fill() {
    String name = "'device-' || lpad(i::text, 7, '0')";
    return List.of(
        "ALTER TABLE mqtt_user SET UNLOGGED",
        "ALTER TABLE mqtt_acl SET UNLOGGED",
        """
        INSERT INTO mqtt_user
        SELECT %s, encode(sha256(convert_to(md5(i::text) || 'secret-' || i, 'UTF8')), 'hex'),
               md5(i::text), FALSE, NULL
        FROM generate_series(1, %d) AS i
        """
            .formatted(name, FLEET),
        """
        INSERT INTO mqtt_acl
        SELECT %1$s, 1, 'allow', 'all', 'fleet/${username}/#'
        FROM generate_series(%2$d, %3$d, %2$d) AS i
        """
            .formatted(name, RULED, FLEET),
        "ANALYZE");
  }

  private static void assertUses(AskedDatabase asked, String index, String query)
      throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (Connection connection = asked.connect();
        PreparedStatement explain = connection.prepareStatement("EXPLAIN " + query)) {
      explain.setString(1, name(FLEET / 2));
      try (ResultSet line = explain.executeQuery()) {
        while (line.next()) {
          plan.append(line.getString(1)).append('\n');
        }
      }
    }
    assertTrue(plan.toString().contains("Index Scan using " + index), plan.toString());
    assertFalse(plan.toString().contains("Seq Scan"), plan.toString());
  }
}
