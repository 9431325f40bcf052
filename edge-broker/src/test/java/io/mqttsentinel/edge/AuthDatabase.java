package io.mqttsentinel.edge;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** The tables that the JDBC authenticator asks, in memory. */
final class AuthDatabase implements AutoCloseable {

  static final String PASSWORD = "correct horse";
  static final String SALT = "pepper";

  private final String url = "jdbc:h2:mem:" + UUID.randomUUID();
  private final Connection connection;

  AuthDatabase() throws SQLException {
    connection = DriverManager.getConnection(url);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE mqtt_user(username VARCHAR(255) PRIMARY KEY, password_hash VARCHAR(255),"
              + " salt VARCHAR(255), is_superuser BOOLEAN DEFAULT FALSE, client_id"
              + " VARCHAR(255))");
      statement.execute(
          "CREATE TABLE mqtt_acl(username VARCHAR(255), permission VARCHAR(5), action VARCHAR(9),"
              + " topic VARCHAR(1024), position INT)");
    }
  }

  String url() {
    return url;
  }

  /** A user with {@link #PASSWORD}, without rules. */
  void user(String username) throws SQLException {
    user(username, Hashes.sha256(SALT, PASSWORD), SALT, false, null);
  }

  void user(String username, String hash, String salt, boolean superuser, String clientId)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO mqtt_user VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, username);
      insert.setString(2, hash);
      insert.setString(3, salt);
      insert.setBoolean(4, superuser);
      insert.setString(5, clientId);
      insert.execute();
    }
  }

  void removeUser(String username) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM mqtt_user WHERE username = ?")) {
      delete.setString(1, username);
      delete.execute();
    }
  }

  void rule(String username, String permission, String action, String topic, int position)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO mqtt_acl VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, username);
      insert.setString(2, permission);
      insert.setString(3, action);
      insert.setString(4, topic);
      insert.setInt(5, position);
      insert.execute();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
