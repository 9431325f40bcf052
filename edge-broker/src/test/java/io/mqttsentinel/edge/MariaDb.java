package io.mqttsentinel.edge;

import io.mqttsentinel.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real MariaDB. */
final class MariaDb extends DatabaseServer {

  private final Path server;
  private final Path installer;

  MariaDb(Path directory) throws IOException {
    super("mysql", directory); // Debian's package makes this user
    server = Requires.program("mariadbd");
    installer = Requires.program("mariadb-install-db");
  }

  @Override
  void install() throws Exception {
    Files.writeString(
        file("init.sql"),
        """
        CREATE USER IF NOT EXISTS '%1$s'@'%%' IDENTIFIED BY '%2$s';
        GRANT ALL ON *.* TO '%1$s'@'%%' WITH GRANT OPTION;
        """
            .formatted(ADMINISTRATOR, PASSWORD));
    complete(
        List.of(
            installer.toString(),
            "--no-defaults",
            "--skip-test-db",
            "--auth-root-authentication-method=normal",
            "--datadir=" + file("data")));
  }

  @Override
  List<String> command() {
    return List.of(
        server.toString(),
        "--no-defaults",
        "--datadir=" + file("data"),
        "--socket=" + file("socket"),
        "--pid-file=" + file("pid"),
        "--init-file=" + file("init.sql"),
        "--bind-address=127.0.0.1",
        "--port=" + port(),
        "--ssl-ca=" + authority(),
        "--ssl-cert=" + file("cert.pem"),
        "--ssl-key=" + file("key.pem"),
        "--innodb-buffer-pool-size=16M",
        "--innodb-log-file-size=8M",
        "--performance-schema=OFF");
  }

  @Override
  String url(String database) {
    return "jdbc:mariadb://localhost:%d/%s?sslMode=verify-full&serverSslCert=%s"
        .formatted(port(), database, authority());
  }
}
