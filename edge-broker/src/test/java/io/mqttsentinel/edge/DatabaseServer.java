package io.mqttsentinel.edge;

import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** A real database with TLS and data of its own, on loopback, not as root. */
abstract class DatabaseServer implements AutoCloseable {

  static final String ADMINISTRATOR = "administrator";
  static final String PASSWORD = "only-for-this-test";

  private static final int FIRST_PORT = 20_000;
  private static final int FIRST_PORT_OF_CLIENTS = 32_768; // of Linux: nobody takes one in between

  private final String unprivileged;
  private final Path directory;
  private final int port;
  private Process process;

  /**
   * Makes one that is not there yet.
   *
   * @param unprivileged who it runs as where the test runs as root; servers refuse to be root
   * @param directory empty
   */
  DatabaseServer(String unprivileged, Path directory) throws IOException {
    this.unprivileged = unprivileged;
    this.directory = directory;
    this.port = freePort();
  }

  /** Makes the files of a new database. */
  abstract void install() throws Exception;

  /** The server's command, which stays in the foreground. */
  abstract List<String> command();

  /** Where its administrator finds a database; "" is one that is always there. */
  abstract String url(String database);

  /** Starts it for the first time, with a certificate for {@code localhost}. */
  void create(Authority authority) throws Exception {
    authority.writeRoot(authority());
    Authority.write(authority.server("localhost"), file("cert.pem"), file("key.pem"));
    giveAway(file("key.pem"), "rw-------");
    giveAway(directory, "rwxr-xr-x");
    install();
    start();
  }

  void start() throws IOException {
    process = run(command());
    Await.until("the database takes connections", () -> process.isAlive() && answers());
  }

  private boolean answers() throws SQLException {
    try (Connection connection = connect("")) {
      return connection.isValid(1);
    }
  }

  int port() {
    return port;
  }

  /** The certificate that clients have to trust. */
  Path authority() {
    return file("ca.pem");
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** For who makes tables and users. */
  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database), ADMINISTRATOR, PASSWORD);
  }

  void execute(String database, List<String> statements) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Executes one statement with parameters, all of them texts. */
  void insert(String database, String sql, String... values) throws SQLException {
    try (Connection connection = connect(database);
        PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        insert.setString(i + 1, values[i]);
      }
      insert.execute();
    }
  }

  /** At once, as when its machine dies. */
  void kill() throws IOException {
    freeze(); // or the server would start more processes meanwhile
    List<ProcessHandle> all = processes();
    all.forEach(ProcessHandle::destroyForcibly);
    Await.until("the database ends", () -> all.stream().noneMatch(DatabaseServer::runs));
  }

  /** One that ended, and nobody waited for, has a process still, but no command. */
  private static boolean runs(ProcessHandle handle) {
    return handle.isAlive() && handle.info().command().isPresent();
  }

  /** Silent from now on, but its connections stay open. */
  void freeze() throws IOException {
    signal("-STOP", List.of(process.toHandle()));
    signal("-STOP", processes());
  }

  void thaw() throws IOException {
    signal("-CONT", processes());
  }

  /** The server first. */
  private List<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  private static void signal(String signal, List<ProcessHandle> processes) throws IOException {
    for (ProcessHandle handle : processes) {
      Process kill = new ProcessBuilder("kill", signal, Long.toString(handle.pid())).start();
      Await.until("kill ends", () -> !kill.isAlive());
      if (kill.exitValue() != 0 && runs(handle)) {
        throw new IOException("kill %s ended with %d".formatted(signal, kill.exitValue()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (process != null && process.isAlive()) {
      kill();
    }
  }

  /** Runs a program to its end, as the server's user. */
  void complete(List<String> command) throws Exception {
    if (run(command).waitFor() != 0) {
      throw new IOException(command.getFirst() + " failed: " + Files.readString(file("log")));
    }
  }

  private Process run(List<String> command) throws IOException {
    List<String> whole = new ArrayList<>();
    if (isRoot()) {
      whole.addAll(List.of("setpriv", "--reuid=" + unprivileged, "--regid=" + unprivileged));
      whole.addAll(List.of("--init-groups", "--"));
    }
    whole.addAll(command);
    return new ProcessBuilder(whole)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(file("log").toFile()))
        .start();
  }

  private void giveAway(Path path, String permissions) throws IOException {
    if (isRoot()) {
      var users = path.getFileSystem().getUserPrincipalLookupService();
      Files.setOwner(path, users.lookupPrincipalByName(unprivileged));
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static int freePort() throws IOException {
    return Await.value(
        "a free port",
        () -> {
          int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, FIRST_PORT_OF_CLIENTS);
          try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
          }
        },
        port -> true);
  }
}
