package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.Permission;
import io.mqttsentinel.schemas.PermissionAction;
import io.mqttsentinel.schemas.PermissionEffect;
import io.mqttsentinel.schemas.TopicFilter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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

  private final DataSource database;
  private final JdbcConfig config;

  UserTable(DataSource database, JdbcConfig config) {
    this.database = database;
    this.config = config;
  }

  /**
   * Finds a user with all its rules.
   *
   * @throws SQLException if the database cannot be asked
   * @throws IllegalStateException if a row makes no sense
   */
  Optional<StoredUser> find(String username) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement query = connection.prepareStatement(config.userQuery())) {
      // A database that falls silent must not keep this thread: a query's timeout alone asks it to.
      connection.setNetworkTimeout(Runnable::run, silenceMillis());
      query.setQueryTimeout(seconds());
      query.setString(1, username);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new StoredUser(
                row.getString("password_hash"),
                row.getString("salt"),
                row.getBoolean("is_superuser"),
                row.getString("client_id"),
                rules(connection, username)));
      }
    }
  }

  private List<Permission> rules(Connection connection, String username) throws SQLException {
    List<Permission> rules = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(config.aclQuery())) {
      query.setQueryTimeout(seconds());
      query.setString(1, username);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          rules.add(
              rule(row.getString("permission"), row.getString("action"), row.getString("topic")));
        }
      }
    }
    return rules;
  }

  /** Longer than the query may take, so that it normally ends by its own timeout. */
  private int silenceMillis() {
    return Math.toIntExact(TimeUnit.SECONDS.toMillis(2L + seconds()));
  }

  private int seconds() {
    return Math.toIntExact(Math.max(1, config.timeLimit().toSeconds()));
  }

  private static Permission rule(String permission, String action, String topic) {
    boolean literal = topic.startsWith(LITERAL);
    String filter = literal ? topic.substring(LITERAL.length()) : topic;
    if (!TopicFilter.isValid(filter)) {
      throw new IllegalStateException("'%s' in the ACL is no topic filter".formatted(filter));
    }
    return new Permission(
        PermissionEffect.valueOf(permission.strip().toUpperCase(Locale.ROOT)),
        PermissionAction.valueOf(action.strip().toUpperCase(Locale.ROOT)),
        filter,
        literal,
        List.of(),
        null);
  }
}
