package io.mqttsentinel.edge;

import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.Requires;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A real MariaDB with TLS and data of its own, on loopback, not as root. */
final class MariaDb implements AutoCloseable {

  private static final String ADMINISTRATOR = "administrator";
  private static final String PASSWORD = "only-for-this-test";
  private static final String UNPRIVILEGED = "mysql"; // Debian's package makes this user

  private final Path program;
  private final Path directory;
  private final int port;
  private Process process;

  private MariaDb(Path program, Path directory, int port) {
    this.program = program;
    this.directory = directory;
    this.port = port;
  }

  /** Starts one in an empty directory, with a certificate for {@code localhost}. */
  static MariaDb start(Path directory, Authority authority) throws Exception {
    Path program = Requires.program("mariadbd");
    Path install = Requires.program("mariadb-install-db");
    X509Bundle certificate = authority.server("localhost");
    authority.writeRoot(directory.resolve("ca.pem"));
    Authority.write(certificate, directory.resolve("cert.pem"), directory.resolve("key.pem"));
    Files.writeString(
        directory.resolve("init.sql"),
        "CREATE USER IF NOT EXISTS '%1$s'@'%%' IDENTIFIED BY '%2$s';\nGRANT ALL ON *.* TO '%1$s'@'%%' WITH GRANT OPTION;\n"
            .formatted(ADMINISTRATOR, PASSWORD));
    MariaDb database = new MariaDb(program, directory, freePort());
    database.giveAway();
    database.install(install);
    database.start();
    return database;
  }

  int port() {
    return port;
  }

  /** The certificate that clients have to trust. */
  Path authority() {
    return directory.resolve("ca.pem");
  }

  void start() throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--no-defaults"));
    command.addAll(
        List.of(
            "--datadir=" + directory.resolve("data"),
            "--socket=" + directory.resolve("socket"),
            "--pid-file=" + directory.resolve("pid"),
            "--init-file=" + directory.resolve("init.sql"),
            "--bind-address=127.0.0.1",
            "--port=" + port,
            "--ssl-ca=" + authority(),
            "--ssl-cert=" + directory.resolve("cert.pem"),
            "--ssl-key=" + directory.resolve("key.pem"),
            "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=8M",
            "--performance-schema=OFF"));
    command.addAll(asWhom());
    process = run(command);
    Await.until("MariaDB takes connections", () -> process.isAlive() && answers());
  }

  private boolean answers() throws SQLException {
    try (Connection connection = connect("")) {
      return connection.isValid(1);
    }
  }

  /** For who makes tables and users. */
  Connection connect(String schema) throws SQLException {
    String url =
        "jdbc:mariadb://localhost:%d/%s?sslMode=verify-full&serverSslCert=%s"
            .formatted(port, schema, authority());
    return DriverManager.getConnection(url, ADMINISTRATOR, PASSWORD);
  }

  void execute(String schema, List<String> statements) throws SQLException {
    try (Connection connection = connect(schema);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** At once, as when its machine dies. */
  void kill() {
    process.destroyForcibly();
    Await.until("MariaDB ends", () -> !process.isAlive());
  }

  /** Silent from now on, but its connections stay open. */
  void freeze() throws IOException {
    signal("-STOP");
  }

  void thaw() throws IOException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    Await.until("kill ends", () -> !kill.isAlive());
    if (kill.exitValue() != 0) {
      throw new IOException("kill %s ended with %d".formatted(signal, kill.exitValue()));
    }
  }

  @Override
  public void close() throws IOException {
    if (process.isAlive()) {
      thaw();
      kill();
    }
  }

  private void install(Path program) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--no-defaults",
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
                "--datadir=" + directory.resolve("data")));
    command.addAll(asWhom());
    if (run(command).waitFor() != 0) {
      throw new IOException(
          "mariadb-install-db failed: " + Files.readString(directory.resolve("log")));
    }
  }

  private Process run(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start();
  }

  /** The server refuses to run as root; only root can and must say as whom instead. */
  private static List<String> asWhom() {
    return isRoot() ? List.of("--user=" + UNPRIVILEGED) : List.of();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private void giveAway() throws IOException {
    if (!isRoot()) {
      return;
    }
    var owner =
        directory
            .getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(UNPRIVILEGED);
    Files.setOwner(directory.resolve("key.pem"), owner);
    Files.setOwner(directory, owner);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
