package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.RuleText;
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
import org.apache.kafka.common.serialization.StringSerializer;

/** {@code ./sentinel rules push}: a rule file to every pattern matcher of a cluster. */
final class RulesPush {

  private static final String BOOTSTRAP = "localhost:9092";
  private static final String REGISTRY = "http://localhost:8081";
  private static final int ATTEMPTS = 3;
  private static final int LONGEST_WAIT_MILLIS = 15_000;

  private RulesPush() {}

  static int run(RulesArguments given, PrintStream out) throws IOException {
    Path file = given.onlyPlace("rule file");
    String name = file.getFileName().toString();
    RuleText text = null;
    if (given.option("--remove").isEmpty()) {
      String yaml = RuleSource.at(file).read().get(name);
      if (yaml == null) {
        throw new UsageException("'%s' is no file".formatted(file));
      }
      List<RuleFile> checked = RuleSet.check(Map.of(name, yaml), DecodeLimits.DEFAULT);
      text = new RuleText(yaml, checked.getFirst().version().orElse(""), Instant.now());
    }
    send(given, name, text);
    out.printf(
        "%s %s %s%n",
        name, text == null ? "removed from" : "pushed to", Topics.PATTERN_RULES.name());
    return RulesApplication.SUCCESS;
  }

  private static void send(RulesArguments given, String name, RuleText text) throws IOException {
    String registry = given.option("--registry").orElse(REGISTRY);
    Map<String, Object> client =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            given.option("--bootstrap").orElse(BOOTSTRAP),
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            LONGEST_WAIT_MILLIS);
    AvroSerdes serdes = new AvroSerdes(new HttpSchemaRegistry(registry, null, ATTEMPTS));
    try (KafkaProducer<String, RuleText> producer =
        new KafkaProducer<>(
            client, new StringSerializer(), serdes.value(Topics.PATTERN_RULES).serializer())) {
      producer.send(new ProducerRecord<>(Topics.PATTERN_RULES.name(), name, text)).get();
    } catch (ExecutionException e) {
      throw new IOException("Kafka did not take it: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
