package io.mqttsentinel.e2e;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.UUID;
import org.h2.tools.Server;

/** The customer's table of users, in an H2 server that several processes can ask. */
final class AuthDatabase implements AutoCloseable {

  static final String DB_USER = "sentinel";

  private final Server server;
  private final String url;
  private final String password;
  private final Connection keptOpen;

  private AuthDatabase(Server server, String url, String password, Connection keptOpen) {
    this.server = server;
    this.url = url;
    this.password = password;
    this.keptOpen = keptOpen;
  }

  static AuthDatabase start() {
    byte[] random = new byte[12];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    try {
      Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
      String url =
          "jdbc:h2:tcp://127.0.0.1:%d/mem:%s;DB_CLOSE_DELAY=-1"
              .formatted(server.getPort(), UUID.randomUUID());
      Connection connection = DriverManager.getConnection(url, DB_USER, password);
      AuthDatabase database = new AuthDatabase(server, url, password, connection);
      database.execute(
          """
          CREATE TABLE mqtt_user(username VARCHAR(255) PRIMARY KEY,
            password_hash VARCHAR(255) NOT NULL, salt VARCHAR(255),
            is_superuser BOOLEAN DEFAULT FALSE, client_id VARCHAR(255))\
          """);
      database.execute(
          """
          CREATE TABLE mqtt_acl(username VARCHAR(255), permission VARCHAR(5), action VARCHAR(9),
            topic VARCHAR(1024), position INT)\
          """);
      return database;
    } catch (SQLException e) {
      throw new IllegalStateException("H2 does not start", e);
    }
  }

  void user(String username, String userPassword, boolean superuser) {
    execute(
        "INSERT INTO mqtt_user(username, password_hash, salt, is_superuser) VALUES (?, ?, ?, ?)",
        username,
        sha256("salt" + userPassword),
        "salt",
        superuser);
  }

  void permission(String username, String action, String topic) {
    execute(
        "INSERT INTO mqtt_acl(username, permission, action, topic, position) VALUES"
            + " (?, 'allow', ?, ?, (SELECT COUNT(*) FROM mqtt_acl))",
        username,
        action,
        topic);
  }

  String url() {
    return url;
  }

  String password() {
    return password;
  }

  @Override
  public void close() {
    try {
      keptOpen.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } finally {
      server.stop();
    }
  }

  private void execute(String sql, Object... values) {
    try (PreparedStatement statement = keptOpen.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
