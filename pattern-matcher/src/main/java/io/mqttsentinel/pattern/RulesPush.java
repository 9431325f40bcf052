package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.RuleText;
import io.mqttsentinel.schemas.SchemaRegistryException;
import io.mqttsentinel.schemas.Topics;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** {@code ./sentinel rules push}: a rule file to every pattern matcher of a cluster. */
final class RulesPush {

  private static final String BOOTSTRAP = "localhost:9092";
  private static final String REGISTRY = "http://localhost:8081";
  private static final int ATTEMPTS = 3;
  private static final int LONGEST_WAIT_SECONDS = 15;

  private RulesPush() {}

  /**
   * @throws UsageException if there is no such file, or it holds no rules
   * @throws IOException if Kafka or the schema registry does not answer
   */
  static int run(RulesArguments given, PrintStream out) throws IOException {
    boolean remove = given.option("--remove").isPresent();
    Path file = remove ? given.onlyPlace("rule file") : given.onlyFile("rule file");
    if (file.getFileName() == null) {
      throw new UsageException("'%s' has no name, expected a rule file".formatted(file));
    }
    String name = file.getFileName().toString();
    send(given, name, remove ? null : text(file, name));
    out.printf(
        "%s %s %s%n", name, remove ? "removed from" : "pushed to", Topics.PATTERN_RULES.name());
    return RulesApplication.SUCCESS;
  }

  private static RuleText text(Path file, String name) throws IOException {
    String yaml = RuleSource.at(file).read().get(name);
    try {
      List<RuleFile> checked = RuleSet.check(Map.of(name, yaml), DecodeLimits.DEFAULT);
      return new RuleText(yaml, checked.getFirst().version().orElse(""), Instant.now());
    } catch (RuleFileException e) {
      throw new UsageException(
          "nothing was pushed, expected rules that load: " + String.join("; ", e.problems()));
    }
  }

  private static void send(RulesArguments given, String name, RuleText text) throws IOException {
    String registry = given.option("--registry").orElse(REGISTRY);
    String bootstrap = given.option("--bootstrap").orElse(BOOTSTRAP);
    int wait = given.number("--wait", LONGEST_WAIT_SECONDS);
    Map<String, Object> client =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrap,
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            1000L * wait);
    try (KafkaProducer<String, RuleText> producer =
        new KafkaProducer<>(client, new StringSerializer(), serializer(registry))) {
      producer.send(new ProducerRecord<>(Topics.PATTERN_RULES.name(), name, text)).get();
    } catch (ExecutionException | KafkaException e) {
      throw new IOException(
          "Kafka at '%s' did not take it, expected --bootstrap HOST:PORT of a broker: %s"
              .formatted(bootstrap, reason(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Asks the registry, so that what it says is not taken for Kafka's word. */
  private static Serializer<RuleText> serializer(String registry) throws IOException {
    try {
      return new AvroSerdes(new HttpSchemaRegistry(registry, null, ATTEMPTS))
          .value(Topics.PATTERN_RULES)
          .serializer();
    } catch (SchemaRegistryException | IllegalArgumentException e) {
      throw new IOException(
          "the schema registry at '%s' did not answer, expected --registry URL of one: %s"
              .formatted(registry, reason(e)),
          e);
    }
  }

  /** What failed first, in one line. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse("");
  }
}
