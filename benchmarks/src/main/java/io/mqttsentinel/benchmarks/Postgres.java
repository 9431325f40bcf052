package io.mqttsentinel.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL of this machine's own programs, on loopback, with an empty database. */
final class Postgres implements AutoCloseable {

  static final String USER = "sentinel";

  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final String UNPRIVILEGED = "postgres";
  private static final long LIMIT_SECONDS = 120;
  private static final int PASSWORD_BYTES = 16;

  private final Path programs;
  private final Path directory;
  private final int port;
  private final String password;
  private final Thread endWithThisJvm = Thread.ofPlatform().unstarted(this::stop);

  private Postgres(Path programs, Path directory, int port, String password) {
    this.programs = programs;
    this.directory = directory;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts one and waits until it answers.
   *
   * @throws IOException saying what is missing where there are no such programs, or what they said
   */
  static Postgres start(int port) throws IOException, InterruptedException {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    Path programs = programs();
    Path directory = Files.createTempDirectory("sentinel-bench-postgres");
    Postgres postgres = new Postgres(programs, directory, port, HexFormat.of().formatHex(random));
    try {
      postgres.start();
    } catch (IOException | InterruptedException | RuntimeException e) {
      postgres.close();
      throw e;
    }
    return postgres;
  }

  private void start() throws IOException, InterruptedException {
    Path passwordFile =
        Files.createFile(
            directory.resolve("password"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile, password);
    if (isRoot()) { // which PostgreSQL refuses to run as
      var users = directory.getFileSystem().getUserPrincipalLookupService();
      Files.setOwner(passwordFile, users.lookupPrincipalByName(UNPRIVILEGED));
      Files.setOwner(directory, users.lookupPrincipalByName(UNPRIVILEGED));
    }
    run(
        "initdb",
        "-D",
        data(),
        "-U",
        USER,
        "--auth=scram-sha-256",
        "--pwfile=" + passwordFile,
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync");
    Files.delete(passwordFile);
    Runtime.getRuntime().addShutdownHook(endWithThisJvm);
    run(
        "pg_ctl",
        "start",
        "-w",
        "-D",
        data(),
        "-l",
        directory.resolve("log").toString(),
        "-o",
        ("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s -c fsync=off"
                + " -c shared_buffers=256MB -c max_wal_size=4GB")
            .formatted(port, directory));
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port);
  }

  String password() {
    return password;
  }

  /** With which an edge asks it. */
  Map<String, String> settings() {
    return Map.of(
        "sentinel.edge.jdbc.url",
        url(),
        "sentinel.edge.jdbc.username",
        USER,
        "sentinel.edge.jdbc.password",
        password);
  }

  /** Pid of the server, whose children do the work. */
  long pid() throws IOException {
    return Long.parseLong(Files.readAllLines(Path.of(data(), "postmaster.pid")).getFirst());
  }

  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(endWithThisJvm);
      Files.walkFileTree(directory, new Deletion());
    } catch (IllegalStateException e) {
      // This JVM is ending: the hook runs.
    } catch (IOException e) {
      System.err.printf("%s could not be deleted: %s%n", directory, e);
    }
  }

  private void stop() {
    try {
      if (Files.exists(Path.of(data(), "postmaster.pid"))) {
        run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data());
      }
    } catch (IOException e) {
      System.err.println("PostgreSQL did not stop: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", UNPRIVILEGED, "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    // Not a pipe: the server that pg_ctl starts would keep it open.
    Path output = Files.createTempFile("sentinel-bench-" + program, ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(new File("/"))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("%s did not end within %d s".formatted(program, LIMIT_SECONDS));
      }
      if (process.exitValue() != 0) {
        throw new IOException("%s failed: %s".formatted(program, Files.readString(output).strip()));
      }
    } finally {
      Files.delete(output);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Of the newest version, where several are installed. */
  private static Path programs() throws IOException {
    List<Path> places = new ArrayList<>();
    for (String place : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      places.add(Path.of(place));
    }
    if (Files.isDirectory(DEBIAN)) {
      try (Stream<Path> versions = Files.list(DEBIAN)) {
        versions
            .sorted(Comparator.comparingInt(Postgres::version).reversed())
            .map(version -> version.resolve("bin"))
            .forEach(places::add);
      }
    }
    Optional<Path> found =
        places.stream()
            .filter(
                place ->
                    Files.isExecutable(place.resolve("initdb"))
                        && Files.isExecutable(place.resolve("pg_ctl")))
            .findFirst();
    return found.orElseThrow(
        () ->
            new IOException(
                "PostgreSQL's server programs initdb and pg_ctl are neither on the PATH nor in %s;"
                        .formatted(DEBIAN)
                    + " install them (Debian: apt install postgresql)"));
  }

  private static int version(Path directory) {
    String name = directory.getFileName().toString();
    return name.matches("\\d{1,4}") ? Integer.parseInt(name) : 0;
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, IOException failure)
        throws IOException {
      Files.delete(visited);
      return FileVisitResult.CONTINUE;
    }
  }
}
