package io.mqttsentinel.edge;

import io.mqttsentinel.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real PostgreSQL, which takes connections with TLS only. */
final class PostgreSql extends DatabaseServer {

  private final Path server;
  private final Path installer;

  PostgreSql(Path directory) throws IOException {
    super("postgres", directory); // Debian's package makes this user
    server = Requires.program("postgres");
    installer = Requires.program("initdb");
  }

  @Override
  void install() throws Exception {
    Files.writeString(file("password"), PASSWORD);
    complete(
        List.of(
            installer.toString(),
            "--pgdata=" + file("data"),
            "--username=" + ADMINISTRATOR,
            "--pwfile=" + file("password"),
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync"));
    Files.writeString(file("data/pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
  }

  @Override
  List<String> command() {
    return List.of(
        server.toString(),
        "-D",
        file("data").toString(),
        "--listen_addresses=127.0.0.1",
        "--unix_socket_directories=",
        "--port=" + port(),
        "--ssl=on",
        "--ssl_cert_file=" + file("cert.pem"),
        "--ssl_key_file=" + file("key.pem"),
        "--fsync=off"); // what a process wrote is there after it was killed
  }

  @Override
  String url(String database) {
    return "jdbc:postgresql://localhost:%d/%s?sslmode=verify-full&sslrootcert=%s"
        .formatted(port(), database.isEmpty() ? "postgres" : database, authority());
  }
}
