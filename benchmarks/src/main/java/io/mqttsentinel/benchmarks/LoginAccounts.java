package io.mqttsentinel.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Optional;

/** The accounts that clients of {@code bench logins} have, in a PostgreSQL. */
final class LoginAccounts implements AutoCloseable {

  private static final int AT_ONCE = 250_000;
  private static final String SALT = "pepper";

  private final Connection connection;
  private final LoginHash hash;
  private final int count;
  private int used;

  private LoginAccounts(Connection connection, LoginHash hash, int count) {
    this.connection = connection;
    this.hash = hash;
    this.count = count;
  }

  /**
   * Fills the tables of docs/authentication.md.
   *
   * @throws IOException with what the database says
   */
  static LoginAccounts create(Postgres database, LoginHash hash, int count, PrintStream progress)
      throws IOException {
    try {
      Connection connection =
          DriverManager.getConnection(database.url(), Postgres.USER, database.password());
      LoginAccounts accounts = new LoginAccounts(connection, hash, count);
      accounts.fill(progress);
      return accounts;
    } catch (SQLException e) {
      throw new IOException("the accounts could not be made: " + e.getMessage(), e);
    }
  }

  private void fill(PrintStream progress) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE UNLOGGED TABLE mqtt_user (username VARCHAR(255) NOT NULL, password_hash
            VARCHAR(255) NOT NULL, salt VARCHAR(255), is_superuser BOOLEAN NOT NULL, client_id
            VARCHAR(255))
          """);
      statement.execute(
          """
          CREATE UNLOGGED TABLE mqtt_acl (username VARCHAR(255) NOT NULL, position INT NOT NULL,
            permission VARCHAR(5) NOT NULL, action VARCHAR(9) NOT NULL, topic VARCHAR(1024) NOT
            NULL, PRIMARY KEY (username, position))
          """);
    }
    Optional<String> shared = hash.shared();
    for (int first = 0; first < count; first += AT_ONCE) {
      int last = Math.min(count, first + AT_ONCE) - 1;
      insert(first, last, shared);
      progress.printf("%d of %d accounts%n", last + 1, count);
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE mqtt_user ADD PRIMARY KEY (username)");
      // Or PostgreSQL itself would do so later, while something is measured.
      statement.execute("VACUUM ANALYZE");
      statement.execute("CHECKPOINT");
    }
  }

  private void insert(int first, int last, Optional<String> shared) throws SQLException {
    String stored =
        shared.isPresent()
            ? "?, NULL"
            : "encode(sha256(convert_to(md5(i::text) || 'pw-' || i, 'UTF8')), 'hex'), md5(i::text)";
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO mqtt_user SELECT 'dev-' || i, %s, FALSE, 'dev-' || i FROM generate_series(?, ?) i"
                .formatted(stored))) {
      int parameter = 1;
      if (shared.isPresent()) {
        insert.setString(parameter++, shared.get());
      }
      insert.setInt(parameter++, first);
      insert.setInt(parameter, last);
      insert.execute();
    }
  }

  /**
   * A login for any client id.
   *
   * @param rule topic filter that it may publish to; without one it has the default permissions
   */
  void shared(Credentials login, Optional<String> rule) throws IOException {
    try (PreparedStatement user =
            connection.prepareStatement("INSERT INTO mqtt_user VALUES (?, ?, ?, FALSE, NULL)");
        PreparedStatement acl =
            connection.prepareStatement(
                "INSERT INTO mqtt_acl VALUES (?, 1, 'allow', 'publish', ?)")) {
      user.setString(1, login.user());
      user.setString(2, sha256(SALT + login.password()));
      user.setString(3, SALT);
      user.execute();
      if (rule.isPresent()) {
        acl.setString(1, login.user());
        acl.setString(2, rule.get());
        acl.execute();
      }
    } catch (SQLException e) {
      throw new IOException("a login could not be made: " + e.getMessage(), e);
    }
  }

  /** How often the table of accounts was looked into, as of about a second ago. */
  long lookups() throws IOException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT coalesce(idx_scan, 0) + coalesce(seq_scan, 0) FROM pg_stat_user_tables"
                    + " WHERE relname = 'mqtt_user'")) {
      return row.next() ? row.getLong(1) : 0;
    } catch (SQLException e) {
      throw new IOException("PostgreSQL does not tell what it was asked: " + e.getMessage(), e);
    }
  }

  /** The first of so many accounts that nobody used before. */
  int take(int wanted) {
    int first = used;
    used += wanted;
    return first;
  }

  /** One that no good client uses; attempts spread over all of those. */
  int victim(long attempt) {
    int left = Math.max(1, count - used);
    return (int) ((used + attempt * 7_919 % left) % count);
  }

  static String name(int account) {
    return "dev-" + account;
  }

  String password(int account) {
    return hash.password(account);
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
