package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DemoAuthDatabaseTest {

  private DemoAuthDatabase database;

  @BeforeEach
  void create() throws SQLException {
    database = DemoAuthDatabase.create();
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void keepsHashesThatTheGeneratedPasswordVerifies() throws Exception {
    Login login = database.addClient("dev-1");

    try (Connection connection = connect();
        ResultSet row = user(connection, "dev-1")) {
      String hash = row.getString("password_hash");
      assertFalse(hash.contains(login.password()));
      String[] parts = hash.split("\\$", -1);
      assertEquals("pbkdf2-sha256", parts[1]);
      byte[] expected = Base64.getDecoder().decode(parts[4]);
      PBEKeySpec key =
          new PBEKeySpec(
              login.password().toCharArray(),
              Base64.getDecoder().decode(parts[3]),
              Integer.parseInt(parts[2]),
              expected.length * 8);
      assertEquals(
          parts[4],
          Base64.getEncoder()
              .encodeToString(
                  SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                      .generateSecret(key)
                      .getEncoded()));
    }
  }

  @Test
  void bindsALoginToItsClientUnlessItIsShared() throws Exception {
    database.addClient("dev-1");
    database.addShared("fleet");
    database.addSuperuser("operator");

    try (Connection connection = connect()) {
      ResultSet device = user(connection, "dev-1");
      assertEquals("dev-1", device.getString("client_id"));
      assertFalse(device.getBoolean("is_superuser"));
      ResultSet fleet = user(connection, "fleet");
      assertNull(fleet.getString("client_id"));
      assertFalse(fleet.getBoolean("is_superuser"));
      assertTrue(user(connection, "operator").getBoolean("is_superuser"));
    }
  }

  @Test
  void passwordsDifferAndNeverShow() {
    Login one = database.addClient("dev-1");
    Login other = database.addClient("dev-2");

    assertNotEquals(one.password(), other.password());
    assertTrue(one.password().matches("[a-z2-9]{16}"), "a shell must not mind it");
    assertFalse(one.toString().contains(one.password()));
  }

  @Test
  void hasRulesInOrder() throws Exception {
    database.addShared("fleet");
    database.addRule("fleet", "deny", "publish", "clients/#", 1);

    try (Connection connection = connect();
        ResultSet rule =
            connection
                .createStatement()
                .executeQuery("SELECT permission, action, topic FROM mqtt_acl")) {
      assertTrue(rule.next());
      assertEquals("deny", rule.getString(1));
      assertEquals("publish", rule.getString(2));
      assertEquals("clients/#", rule.getString(3));
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        database.url(), database.owner().username(), database.owner().password());
  }

  private static ResultSet user(Connection connection, String name) throws SQLException {
    ResultSet row =
        connection
            .createStatement()
            .executeQuery("SELECT * FROM mqtt_user WHERE username = '" + name + "'");
    assertTrue(row.next(), "no user " + name);
    return row;
  }
}
