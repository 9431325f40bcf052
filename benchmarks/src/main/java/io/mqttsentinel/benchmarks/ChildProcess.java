package io.mqttsentinel.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM that the benchmark starts and ends, its output in a file of its own. */
final class ChildProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(300);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(5);
  private static final long PAUSE_MILLIS = 100;
  private static final long END_SECONDS = 60;
  private static final String NAME = "{process}"; // in options
  private static final int SHOWN_LINES = 15;
  private static final int OK = 200;

  private final String name;
  private final Path log;
  private final Process process;
  private final Thread endWithThisJvm;

  private ChildProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.endWithThisJvm = Thread.ofPlatform().unstarted(process::destroy);
    Runtime.getRuntime().addShutdownHook(endWithThisJvm);
  }

  /**
   * Starts a main class with this JVM's own class path.
   *
   * @param jvmOptions {@code {process}} in them stands for the name
   * @param configuration of a service; passwords go by the environment, which only the owner reads
   * @throws IOException if the JVM cannot be started
   */
  static ChildProcess start(
      String name,
      Path logs,
      List<String> jvmOptions,
      Map<String, String> configuration,
      String mainClass,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    jvmOptions.forEach(option -> command.add(option.replace(NAME, name)));
    configuration.forEach(
        (key, value) -> {
          if (!isSecret(key)) {
            command.add("-D" + key + "=" + value);
          }
        });
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ChildMain.class.getName());
    command.add(mainClass);
    command.addAll(List.of(arguments));
    Path log = logs.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(logs.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().putIfAbsent("SENTINEL_LOG_FORMAT", "console");
    configuration.forEach(
        (key, value) -> {
          if (isSecret(key)) {
            builder.environment().put(environmentName(key), value);
          }
        });
    return new ChildProcess(name, log, builder.start());
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  /**
   * Waits for a file that the process writes when it is ready.
   *
   * @throws IOException with the end of its output if it ends or takes too long
   */
  void awaitFile(Path file) throws IOException, InterruptedException {
    await("its ready file", () -> Files.exists(file));
  }

  /**
   * Waits until a service says that it is ready to work.
   *
   * @throws IOException with the end of its output if it ends or takes too long
   */
  void awaitReadiness(int port) throws IOException, InterruptedException {
    URI health = URI.create("http://127.0.0.1:%d/health/readiness".formatted(port));
    HttpRequest request = HttpRequest.newBuilder(health).timeout(REQUEST_LIMIT).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      await(health.toString(), () -> isOk(client, request));
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        System.err.printf("%s did not end within %d s and is killed%n", name, END_SECONDS);
        process.destroyForcibly().waitFor();
      }
      Runtime.getRuntime().removeShutdownHook(endWithThisJvm);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // This JVM is ending: the hook runs.
    }
  }

  private void await(String what, Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (!condition.holds()) {
      if (!process.isAlive()) {
        throw new IOException(
            "%s ended with code %d before it was ready%n%s"
                .formatted(name, process.exitValue(), lastLines()));
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            "%s was not ready within %d s (waited for %s)%n%s"
                .formatted(name, START_LIMIT.toSeconds(), what, lastLines()));
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private String lastLines() throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      List<String> all = lines.toList();
      return "the end of %s:%n%s"
          .formatted(
              log,
              String.join(
                  System.lineSeparator(),
                  all.subList(Math.max(0, all.size() - SHOWN_LINES), all.size())));
    }
  }

  private static boolean isSecret(String key) {
    return key.endsWith("password");
  }

  private static String environmentName(String key) {
    return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static boolean isOk(HttpClient client, HttpRequest request) throws InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
    } catch (IOException e) { // not listening yet
      return false;
    }
  }

  private interface Condition {
    boolean holds() throws InterruptedException;
  }
}
