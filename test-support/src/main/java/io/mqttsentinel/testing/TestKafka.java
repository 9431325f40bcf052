package io.mqttsentinel.testing;

import io.mqttsentinel.embedded.EmbeddedKafka;
import io.mqttsentinel.embedded.EmbeddedSchemaRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * One real Kafka with a schema registry for all tests of a JVM. SENTINEL_TEST_KAFKA chooses: {@code
 * embedded}, {@code docker}, or {@code auto} (the default: Docker where it answers).
 */
public final class TestKafka {

  private static final String IMAGE = "apache/kafka-native:4.0.0";

  private static TestKafka shared;

  private final String bootstrapServers;
  private final String registryUrl;

  private TestKafka(String bootstrapServers) throws IOException {
    this.bootstrapServers = bootstrapServers;
    // Lives as long as the test JVM.
    this.registryUrl = EmbeddedSchemaRegistry.start(bootstrapServers, 0).url();
  }

  /** The Kafka of this JVM, started at the first call. */
  public static synchronized TestKafka shared() {
    if (shared == null) {
      try {
        shared = new TestKafka(useDocker() ? container() : embedded());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return shared;
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  public String registryUrl() {
    return registryUrl;
  }

  private static boolean useDocker() {
    String choice =
        Optional.ofNullable(System.getenv("SENTINEL_TEST_KAFKA"))
            .orElse("auto")
            .toLowerCase(Locale.ROOT);
    return switch (choice) {
      case "embedded" -> false;
      case "docker" -> true;
      case "auto" -> dockerMayAnswer() && DockerClientFactory.instance().isDockerAvailable();
      default ->
          throw new IllegalArgumentException(
              "SENTINEL_TEST_KAFKA is '%s', expected embedded, docker or auto".formatted(choice));
    };
  }

  /** Saves the search, which is slow and loud, where there is nothing to find. */
  private static boolean dockerMayAnswer() {
    return System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
  }

  private static String embedded() throws IOException {
    return EmbeddedKafka.start(Files.createTempDirectory("sentinel-kafka"), 0).bootstrapServers();
  }

  private static String container() {
    KafkaContainer container = new KafkaContainer(IMAGE);
    container.start();
    return container.getBootstrapServers();
  }
}
