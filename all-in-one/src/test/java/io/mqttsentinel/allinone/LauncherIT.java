package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.Requires;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a directory of its own, with a PATH and a HOME of its own. */
final class LauncherIT {

  private static final Path REAL = Path.of("..", "sentinel").toAbsolutePath().normalize();
  private static final List<String> BASIC_PROGRAMS =
      List.of("bash", "cat", "dirname", "find", "grep", "head", "mkdir", "readlink", "sed");

  @TempDir private Path clone;
  private final Map<String, String> environment = new TreeMap<>();

  private record Result(int exitCode, String output) {}

  @BeforeEach
  void copy() throws IOException {
    Requires.program("bash");
    Files.copy(REAL, clone.resolve("sentinel"));
    Path programs = Files.createDirectories(clone.resolve("bin"));
    for (String program : BASIC_PROGRAMS) {
      script(programs.resolve(program), "exec %s \"$@\"".formatted(Requires.program(program)));
    }
    environment.put("PATH", programs.toString());
    environment.put("HOME", Files.createDirectories(clone.resolve("home")).toString());
  }

  @Test
  void isCleanBash() throws Exception {
    assertEquals(new Result(0, ""), run(Requires.program("bash").toString(), "-n", "sentinel"));
    Path shellcheck = Requires.program("shellcheck");
    assertEquals(new Result(0, ""), run(shellcheck.toString(), "sentinel"));
  }

  @Test
  void helpNeedsNothing() throws Exception {
    for (String help : List.of("help", "--help", "-h")) {
      Result result = sentinel(help);

      assertEquals(0, result.exitCode(), result.output());
      for (String command : List.of("demo", "up", "test", "bench", "format")) {
        assertTrue(result.output().contains("\n  " + command + " "), command);
      }
    }
    for (String command : List.of("demo", "up", "test", "build", "format")) {
      assertEquals(sentinel("help"), sentinel(command, "--help"), command);
    }
  }

  @Test
  void namesAnUnknownCommand() throws Exception {
    Result result = sentinel("deom");

    assertEquals(2, result.exitCode());
    assertTrue(result.output().contains("unknown command 'deom'"), result.output());
  }

  @Test
  void namesWhatACommandDoesNotTake() throws Exception {
    Result build = sentinel("build", "edge-broker");
    assertEquals(2, build.exitCode(), build.output());
    assertTrue(build.output().contains("takes no arguments, got 'edge-broker'"), build.output());
    Result format = sentinel("format", "--chek");
    assertEquals(2, format.exitCode(), format.output());
    assertTrue(format.output().contains("not '--chek'"), format.output());
  }

  @Test
  void saysThatTheJdkIsMissingAndWhatToDo() throws Exception {
    replace("JAVA_RELEASE=25", "JAVA_RELEASE=99"); // which no machine has

    Result result = sentinel("up");

    assertEquals(1, result.exitCode(), result.output());
    assertTrue(result.output().contains("no JDK 99 found"), result.output());
    assertTrue(result.output().contains("SENTINEL_JAVA_HOME="), result.output());
  }

  @Test
  void saysThatTheNamedJdkIsNone() throws Exception {
    environment.put("SENTINEL_JAVA_HOME", "/nowhere");

    Result result = sentinel("up");

    assertEquals(1, result.exitCode(), result.output());
    assertTrue(
        result.output().contains("SENTINEL_JAVA_HOME is '/nowhere', expected"), result.output());
  }

  @Test
  void findsAJdkInTheHomeDirectoryAndMissesMaven() throws Exception {
    replace("JAVA_RELEASE=25", "JAVA_RELEASE=99");
    Path jdk = Files.createDirectories(clone.resolve("home/.sdkman/candidates/java/99.0.1-tem"));
    Files.createDirectories(jdk.resolve("bin"));
    script(jdk.resolve("bin/java"), "exit 1");
    script(jdk.resolve("bin/javac"), "exit 1");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"99.0.1\"\n");

    Result result = sentinel("up");

    assertEquals(1, result.exitCode(), result.output());
    assertFalse(result.output().contains("no JDK"), result.output());
    assertTrue(result.output().contains("Maven is missing"), result.output());
  }

  @Test
  void refusesAnOldMaven() throws Exception {
    environment.put("SENTINEL_JAVA_HOME", System.getProperty("java.home"));
    script(clone.resolve("bin/mvn"), "echo 'Apache Maven 3.6.3 (cecedd343)'");

    Result result = sentinel("up");

    assertEquals(1, result.exitCode(), result.output());
    assertTrue(result.output().contains("Maven 3.6.3"), result.output());
    assertTrue(result.output().contains("expected 3.8 or later"), result.output());
  }

  private static void script(Path file, String line) throws IOException {
    Files.writeString(file, "#!%s%n%s%n".formatted(Requires.program("sh"), line));
    assertTrue(file.toFile().setExecutable(true));
  }

  private void replace(String text, String by) throws IOException {
    Path script = clone.resolve("sentinel");
    String before = Files.readString(script);
    assertTrue(before.contains(text), text);
    Files.writeString(script, before.replace(text, by));
  }

  private Result sentinel(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(clone.resolve("sentinel").toString()));
    command.addFirst(Requires.program("bash").toString());
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private Result run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(clone.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Result(process.exitValue(), output);
  }
}
