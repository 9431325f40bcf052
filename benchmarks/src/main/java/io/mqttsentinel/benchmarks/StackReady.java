package io.mqttsentinel.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * What a {@link StackProcess} tells the benchmark when it is ready. It holds passwords, so only its
 * owner may read it, and it is deleted as soon as it is read.
 *
 * @param mqttPort of the edge, or 0 when the services run elsewhere
 * @param partitions of the pipeline's topics
 * @param configuration for services in other processes
 */
record StackReady(
    int mqttPort,
    String bootstrapServers,
    String registryUrl,
    int partitions,
    User subscribers,
    User publishers,
    Map<String, String> configuration) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A login of the stack's Auth DB. */
  record User(String name, String password) {

    Credentials credentials() {
      return new Credentials(name, password);
    }

    @Override
    public String toString() {
      return "User[name=" + name + "]";
    }
  }

  /** Writes it whole or not at all. */
  void write(Path file) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".part");
    Files.createFile(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(unfinished, JSON.writeValueAsBytes(this), StandardOpenOption.WRITE);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  static StackReady readAndDelete(Path file) throws IOException {
    StackReady ready = JSON.readValue(file.toFile(), StackReady.class);
    Files.delete(file);
    return ready;
  }
}
