package io.mqttsentinel.allinone;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * DEMO ONLY: the customer's Auth DB, in this JVM's memory and gone with it. It has the tables that
 * the edge's JDBC authenticator asks by default.
 */
public final class DemoAuthDatabase implements AutoCloseable {

  // Less than a real Auth DB should have: a fleet logs in at once on a laptop.
  private static final int ITERATIONS = 10_000;
  private static final int KEY_BITS = 256;
  private static final int SALT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String url = "jdbc:h2:mem:sentinel-demo-auth-" + UUID.randomUUID();
  private final Login owner = Login.generate("sentinel");
  private final Connection connection;

  private DemoAuthDatabase() throws SQLException {
    // H2 drops the database with its last connection: this one.
    connection = DriverManager.getConnection(url, owner.username(), owner.password());
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE mqtt_user (
            username VARCHAR(255) PRIMARY KEY,
            password_hash VARCHAR(255) NOT NULL,
            salt VARCHAR(255),
            is_superuser BOOLEAN DEFAULT FALSE,
            client_id VARCHAR(255))
          """);
      statement.execute(
          """
          CREATE TABLE mqtt_acl (
            username VARCHAR(255),
            permission VARCHAR(5),
            action VARCHAR(9),
            topic VARCHAR(1024),
            position INT)
          """);
    }
  }

  static DemoAuthDatabase create() throws SQLException {
    return new DemoAuthDatabase();
  }

  public String url() {
    return url;
  }

  /** The database's own user, for the edge. */
  public Login owner() {
    return owner;
  }

  /**
   * A login that only one client id may use; its permissions are the default ones. A login that is
   * added again gets a new password.
   */
  public Login addClient(String clientId) {
    return add(Login.generate(clientId), clientId, false);
  }

  /** A login for any client id, each with the default permissions on its own tree. */
  public Login addShared(String username) {
    return add(Login.generate(username), null, false);
  }

  /**
   * As {@link #addShared}, with a salted SHA-256 in place of PBKDF2: what a table of generated
   * passwords has, and what a benchmark of everything else needs.
   */
  public Login addGenerated(String username) {
    Login login = Login.generate(username);
    String salt = UUID.randomUUID().toString();
    return add(login, sha256(salt + login.password()), salt, null, false);
  }

  /** A login for any client id and every topic. */
  public Login addSuperuser(String username) {
    return add(Login.generate(username), null, true);
  }

  /**
   * Appends a rule to a user's permissions, which then replace the default ones.
   *
   * @param permission allow or deny
   * @param action publish, subscribe or all
   */
  public synchronized void addRule(
      String username, String permission, String action, String topic, int position) {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO mqtt_acl VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, username);
      insert.setString(2, permission);
      insert.setString(3, action);
      insert.setString(4, topic);
      insert.setInt(5, position);
      insert.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(
          "the demo Auth DB did not take a rule for '%s'".formatted(username), e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private Login add(Login login, String clientId, boolean superuser) {
    return add(login, hash(login.password()), null, clientId, superuser);
  }

  private synchronized Login add(
      Login login, String hash, String salt, String clientId, boolean superuser) {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "MERGE INTO mqtt_user (username, password_hash, salt, is_superuser, client_id)"
                + " KEY (username) VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, login.username());
      insert.setString(2, hash);
      insert.setString(3, salt);
      insert.setBoolean(4, superuser);
      insert.setString(5, clientId);
      insert.executeUpdate();
      return login;
    } catch (SQLException e) {
      throw new IllegalStateException(
          "the demo Auth DB did not take user '%s'".formatted(login.username()), e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** {@code $pbkdf2-sha256$iterations$salt$hash}, both in base64. */
  static String hash(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    try {
      byte[] key =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, KEY_BITS))
              .getEncoded();
      Base64.Encoder base64 = Base64.getEncoder();
      return "$pbkdf2-sha256$%d$%s$%s"
          .formatted(ITERATIONS, base64.encodeToString(salt), base64.encodeToString(key));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
    }
  }
}
