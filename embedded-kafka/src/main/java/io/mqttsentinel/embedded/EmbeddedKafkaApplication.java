package io.mqttsentinel.embedded;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka and the registry as a process of their own, until it is told to end. */
public final class EmbeddedKafkaApplication {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafkaApplication.class);
  private static final int BAD_ARGUMENTS = 2;

  private EmbeddedKafkaApplication() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 3) {
      System.err.printf(
          "%d arguments, expected: directory, Kafka's port, the registry's port%n", args.length);
      System.exit(BAD_ARGUMENTS);
    }
    EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]));
    EmbeddedSchemaRegistry registry =
        EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), Integer.parseInt(args[2]));
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      registry.close();
                      kafka.close();
                    }));
    LOG.info("Ready: {} and {}", kafka.bootstrapServers(), registry.url());
    Thread.currentThread().join();
  }
}
