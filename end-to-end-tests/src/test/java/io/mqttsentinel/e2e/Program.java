package io.mqttsentinel.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A foreign program that runs to its end. */
record Program(int exitCode, String output) {

  private static final long LIMIT_SECONDS = 240;

  static Program run(List<String> command) throws IOException, InterruptedException {
    return run(Path.of("").toAbsolutePath(), command);
  }

  static Program run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("%s did not end: %s".formatted(command.getFirst(), output));
      }
      return new Program(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }
}
