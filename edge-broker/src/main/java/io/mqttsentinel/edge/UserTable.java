package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.Permission;
import io.mqttsentinel.schemas.PermissionAction;
import io.mqttsentinel.schemas.PermissionEffect;
import io.mqttsentinel.schemas.TopicFilter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Reads users and their rules. Blocks. */
final class UserTable {

  private static final String LITERAL = "eq ";
  private static final String USERNAME = "username";

  private final DataSource database;
  private final JdbcConfig config;

  UserTable(DataSource database, JdbcConfig config) {
    this.database = database;
    this.config = config;
  }

  /**
   * Finds a user.
   *
   * @throws SQLException if the database cannot be asked
   * @throws IllegalArgumentException if the database cannot make sense of the name or of a row
   */
  Optional<StoredUser> find(String username) throws SQLException {
    return read(
        config.userQuery(),
        username,
        row -> {
          while (row.next()) {
            if (isOf(username, row)) {
              return Optional.of(user(row));
            }
          }
          return Optional.empty();
        });
  }

  /**
   * Finds the rules of a user, with their placeholders.
   *
   * @throws SQLException if the database cannot be asked
   * @throws IllegalArgumentException if a rule makes no sense
   */
  List<Permission> rules(String username) throws SQLException {
    return read(
        config.aclQuery(),
        username,
        row -> {
          List<Permission> rules = new ArrayList<>();
          while (row.next()) {
            if (isOf(username, row)) {
              rules.add(
                  rule(
                      row.getString("permission"),
                      row.getString("action"),
                      row.getString("topic")));
            }
          }
          return rules;
        });
  }

  private <T> T read(String sql, String username, Reading<T> reading) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement query = connection.prepareStatement(sql)) {
      // A database that falls silent must not keep this thread: a query's timeout alone asks it to.
      connection.setNetworkTimeout(Runnable::run, silenceMillis());
      query.setQueryTimeout(seconds());
      query.setString(1, username);
      try (ResultSet row = query.executeQuery()) {
        return reading.of(row);
      }
    } catch (SQLException e) {
      if (isOfData(e)) {
        throw new IllegalArgumentException("a row or the name cannot be read", e);
      }
      throw e;
    }
  }

  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** Class 22 of SQL states: it is about a value. PostgreSQL has another one for casts. */
  private static boolean isOfData(SQLException failure) {
    String state = failure.getSQLState();
    return failure instanceof SQLDataException
        || (state != null && (state.startsWith("22") || state.equals("42846")));
  }

  /**
   * Whether the row is about that very name, if it says. Many collations find others too: names in
   * other letters, with accents, with spaces at the end.
   */
  private static boolean isOf(String username, ResultSet row) throws SQLException {
    ResultSetMetaData columns = row.getMetaData();
    for (int column = 1; column <= columns.getColumnCount(); column++) {
      if (USERNAME.equalsIgnoreCase(columns.getColumnLabel(column))) {
        return username.equals(row.getString(column));
      }
    }
    return true;
  }

  private static StoredUser user(ResultSet row) throws SQLException {
    return new StoredUser(
        row.getString("password_hash"),
        row.getString("salt"),
        row.getBoolean("is_superuser"),
        row.getString("client_id"));
  }

  /**
   * Whether the first row of the query about this topic allows it.
   *
   * @throws SQLException if the database cannot be asked
   */
  boolean isAllowed(@Nullable String username, String clientId, TopicQuestion question)
      throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement query = connection.prepareStatement(config.topicQuery())) {
      connection.setNetworkTimeout(Runnable::run, silenceMillis());
      query.setQueryTimeout(seconds());
      query.setString(1, username);
      query.setString(2, clientId);
      query.setString(3, question.action().name().toLowerCase(Locale.ROOT));
      query.setString(4, question.topic());
      try (ResultSet row = query.executeQuery()) {
        String permission = row.next() ? row.getString("permission") : null;
        return permission != null && word(permission).equals(PermissionEffect.ALLOW.name());
      }
    }
  }

  /** Longer than the query may take, so that it normally ends by its own timeout. */
  private int silenceMillis() {
    return Math.toIntExact(TimeUnit.SECONDS.toMillis(2L + seconds()));
  }

  private int seconds() {
    return Math.toIntExact(Math.max(1, config.timeLimit().toSeconds()));
  }

  private static Permission rule(
      @Nullable String permission, @Nullable String action, @Nullable String topic) {
    if (permission == null || action == null || topic == null) {
      throw new IllegalArgumentException("a rule of the ACL is not complete");
    }
    boolean literal = topic.startsWith(LITERAL);
    String filter = literal ? topic.substring(LITERAL.length()) : topic;
    if (!TopicFilter.isValid(filter)) {
      throw new IllegalArgumentException("a rule of the ACL has no topic filter");
    }
    return new Permission(effect(permission), about(action), filter, literal, List.of(), null);
  }

  private static PermissionEffect effect(String permission) {
    return switch (word(permission)) {
      case "ALLOW" -> PermissionEffect.ALLOW;
      case "DENY" -> PermissionEffect.DENY;
      default ->
          throw new IllegalArgumentException(
              "the permission of a rule of the ACL is '%s', expected allow or deny"
                  .formatted(permission));
    };
  }

  private static PermissionAction about(String action) {
    return switch (word(action)) {
      case "PUBLISH" -> PermissionAction.PUBLISH;
      case "SUBSCRIBE" -> PermissionAction.SUBSCRIBE;
      case "ALL" -> PermissionAction.ALL;
      default ->
          throw new IllegalArgumentException(
              "the action of a rule of the ACL is '%s', expected publish, subscribe or all"
                  .formatted(action));
    };
  }

  private static String word(String text) {
    return text.strip().toUpperCase(Locale.ROOT);
  }
}
