package io.mqttsentinel.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs that a test can use and a machine may lack. A missing one skips the test and says so;
 * where SENTINEL_REQUIRE_ALL=1 it fails the test.
 */
public final class Requires {

  private static final List<String> MORE_DIRECTORIES =
      List.of("/usr/sbin", "/usr/local/sbin", "/sbin");

  /** Where Debian has a directory for each version of PostgreSQL. */
  private static final Path POSTGRESQL = Path.of("/usr/lib/postgresql");

  private Requires() {}

  /** The path of a program, looked up on the PATH and where Debian keeps servers. */
  public static Path program(String name) {
    Optional<Path> found = find(name);
    if (found.isEmpty()) {
      missing("the program '%s' is not installed".formatted(name));
    }
    return found.orElseThrow();
  }

  /** The first of several programs that is installed. */
  public static Path anyProgram(String... names) {
    Optional<Path> found = Arrays.stream(names).flatMap(n -> find(n).stream()).findFirst();
    if (found.isEmpty()) {
      missing("none of %s is installed".formatted(Arrays.toString(names)));
    }
    return found.orElseThrow();
  }

  /** Skips the test with a reason, or fails it where everything is required. */
  public static void missing(String what) {
    if ("1".equals(System.getenv("SENTINEL_REQUIRE_ALL"))) {
      throw new AssertionError(what + ", and SENTINEL_REQUIRE_ALL=1 allows no skipping");
    }
    System.err.println("SKIPPED: " + what);
    Assumptions.abort(what);
  }

  private static Optional<Path> find(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(
            Arrays.stream(path.split(File.pathSeparator)),
            MORE_DIRECTORIES.stream(),
            postgresqlDirectories())
        .flatMap(directories -> directories)
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Those of the newest version first. */
  private static Stream<String> postgresqlDirectories() {
    String[] versions = POSTGRESQL.toFile().list((parent, name) -> name.matches("\\d{1,4}"));
    return versions == null
        ? Stream.empty()
        : Arrays.stream(versions)
            .map(Integer::valueOf)
            .sorted(Comparator.reverseOrder())
            .map(version -> POSTGRESQL.resolve(Path.of(version.toString(), "bin")).toString());
  }
}
