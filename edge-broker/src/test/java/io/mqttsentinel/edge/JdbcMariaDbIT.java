package io.mqttsentinel.edge;

import java.nio.file.Path;
import java.util.List;

/** MariaDB, which stands in for MySQL and Percona Server too. */
final class JdbcMariaDbIT extends JdbcDatabaseContract {

  @Override
  DatabaseServer server(Path directory) throws Exception {
    return new MariaDb(directory);
  }

  @Override
  String driver() {
    return "mariadb";
  }

  @Override
  String account() {
    return "sentinel@'%'";
  }

  @Override
  String queryOfPasswords() {
    return "SELECT * FROM mysql.global_priv WHERE user = ?";
  }

  /** Such collations are the usual ones of these databases. */
  @Override
  void createLax(String database) throws Exception {
    create(database, "COLLATE utf8mb4_general_ci", List.of());
  }
}
