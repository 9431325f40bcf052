package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.RuleText;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.TestKafka;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as it runs, on a real Kafka. */
final class PatternMatcherIT {

  private static final String CLIENT = "pattern-it-" + UUID.randomUUID();
  private static final String PUSHED = "pushed.yaml";
  private static final int PARTITIONS = 2;

  @TempDir Path directory;

  @Test
  void handsOnEveryMessageWhileRulesChange() throws Exception {
    Path rules = Files.createDirectory(directory.resolve("rules"));
    Files.writeString(
        rules.resolve("a.yaml"), "threat_patterns: [{name: old, pattern: evil, action: block}]");
    try (ApplicationContext context = start(rules);
        KafkaProducer<String, InspectedMessage> producer = producer(context)) {
      for (int i = 1; i <= 200; i++) {
        send(producer, i, i % 10 == 0 ? "evil" : "good");
      }
      Files.writeString(
          rules.resolve("a.yaml"), "threat_patterns: [{name: new, pattern: evil, action: flag}]");
      MeterRegistry meters = context.getBean(MeterRegistry.class);
      Await.until(
          "the new rules",
          () -> meters.find("sentinel.pattern.reloads").tag("result", "taken").counter() != null);
      for (int i = 201; i <= 400; i++) {
        send(producer, i, i % 10 == 0 ? "evil" : "good");
      }
      List<InspectedMessage> inspected = receive(context, CLIENT, 400);
      for (int i = 1; i <= 400; i++) {
        InspectedMessage message = inspected.get(i - 1);
        assertEquals(i, message.getSequence(), "order");
        List<String> found = message.getFindings().stream().map(Finding::getRuleId).toList();
        // Of the first half, some may have met the new rules already.
        if (i % 10 != 0) {
          assertEquals(List.of(), found);
        } else if (i > 200) {
          assertEquals(List.of("new"), found);
        } else {
          assertTrue(found.equals(List.of("old")) || found.equals(List.of("new")), "" + found);
        }
      }
    }
  }

  @Test
  void pushedRulesTakeEffectAndBadOnesDoNot() throws Exception {
    String client = "of-tenants-" + UUID.randomUUID(); // a second try must not read the first one's
    Path rules = Files.createDirectory(directory.resolve("rules"));
    Files.writeString(
        rules.resolve("a.yaml"), "threat_patterns: [{name: old, pattern: evil, action: flag}]");
    Path pushed = directory.resolve(PUSHED);
    Files.writeString(
        pushed,
        """
        threat_patterns:
          - {name: of_acme, pattern: evil, action: block, scope: {tenants: [acme]}}
        """);
    try (ApplicationContext context = start(rules);
        KafkaProducer<String, InspectedMessage> producer = producer(context)) {
      ActiveRules inForce = context.getBean(ActiveRules.class);
      try {
        push(pushed.toString());
        Await.until("the pushed rules", () -> inForce.current().size() == 2);
        send(producer, client, "acme", 1);
        send(producer, client, "initech", 2);
        receive(context, client, 2);
        pushUnchecked(context, "threat_patterns: [{name: broken, pattern: 'ev(', action: flag}]");
        Await.until("the refusal", () -> inForce.refusal().contains(PUSHED + ": rule broken"));
        send(producer, client, "acme", 3);
        receive(context, client, 3);
        MeterRegistry meters = context.getBean(MeterRegistry.class);
        assertEquals(1, meters.get("sentinel.pattern.rules.stale").gauge().value());
      } finally {
        push(pushed.toString(), "--remove");
      }
      Await.until("the pushed rules to go", () -> inForce.current().size() == 1);
      assertEquals("", inForce.refusal());
      send(producer, client, "acme", 4);
      List<List<String>> found =
          receive(context, client, 4).stream()
              .map(message -> message.getFindings().stream())
              .map(findings -> findings.map(Finding::getRuleId).sorted().toList())
              .toList();
      assertEquals(
          List.of(
              List.of("of_acme", "old"), List.of("old"), List.of("of_acme", "old"), List.of("old")),
          found);
    }
  }

  /** As {@code ./sentinel rules push} does. */
  private static void push(String... words) {
    List<String> all = new ArrayList<>(List.of("push"));
    all.addAll(List.of(words));
    all.addAll(List.of("--bootstrap", TestKafka.shared().bootstrapServers()));
    all.addAll(List.of("--registry", TestKafka.shared().registryUrl()));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, UTF_8);
    assertEquals(0, RulesApplication.run(all, out, out), () -> said.toString(UTF_8));
  }

  /** The command refuses bad rules: who writes to the topic otherwise does not. */
  private static void pushUnchecked(ApplicationContext context, String yaml) throws Exception {
    try (KafkaProducer<String, RuleText> producer =
        new KafkaProducer<>(
            context.getBean(KafkaConfig.class).client(),
            new StringSerializer(),
            context.getBean(AvroSerdes.class).value(Topics.PATTERN_RULES).serializer())) {
      RuleText text = new RuleText(yaml, "", Messages.ACCEPTED);
      producer.send(new ProducerRecord<>(Topics.PATTERN_RULES.name(), PUSHED, text)).get();
    }
  }

  private ApplicationContext start(Path rules) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("sentinel.kafka.bootstrap-servers", TestKafka.shared().bootstrapServers());
    properties.put("sentinel.kafka.replication-factor", 1);
    properties.put("sentinel.kafka.partitions", PARTITIONS);
    properties.put("sentinel.registry.url", TestKafka.shared().registryUrl());
    properties.put("sentinel.streams.state-directory", directory.resolve("state").toString());
    properties.put("sentinel.pattern-matcher.rules", rules.toString());
    properties.put("sentinel.pattern-matcher.reload-interval", "100ms");
    properties.put("micronaut.server.port", -1);
    properties.put("micronaut.server.host", "127.0.0.1");
    ApplicationContext context = ServiceMain.start(Set.of("pattern-matcher"), properties);
    RunningTopology topology = context.getBean(RunningTopology.class);
    Await.until("the topology runs", () -> topology.state() == State.RUNNING);
    return context;
  }

  private static KafkaProducer<String, InspectedMessage> producer(ApplicationContext context) {
    return new KafkaProducer<>(
        context.getBean(KafkaConfig.class).client(),
        new StringSerializer(),
        context.getBean(AvroSerdes.class).value(Topics.MQTT_INBOUND).serializer());
  }

  private static void send(
      KafkaProducer<String, InspectedMessage> producer, int sequence, String payload)
      throws Exception {
    InspectedMessage message = Messages.of("clients/" + CLIENT + "/data", payload);
    message.setClientId(CLIENT);
    message.setSequence(sequence);
    send(producer, message);
  }

  private static void send(
      KafkaProducer<String, InspectedMessage> producer, String client, String tenant, int sequence)
      throws Exception {
    InspectedMessage message = Messages.of("clients/" + client + "/data", "evil");
    message.setClientId(client);
    message.setAttributes(Map.of("tenant", tenant));
    message.setSequence(sequence);
    send(producer, message);
  }

  private static void send(
      KafkaProducer<String, InspectedMessage> producer, InspectedMessage message) throws Exception {
    String client = message.getClientId();
    producer
        .send(
            new ProducerRecord<>(
                Topics.MQTT_INBOUND.name(),
                Topics.MQTT_INBOUND.partition(client, PARTITIONS),
                client,
                message))
        .get();
  }

  private static List<InspectedMessage> receive(
      ApplicationContext context, String client, int count) {
    List<InspectedMessage> inspected = new ArrayList<>();
    try (KafkaConsumer<String, InspectedMessage> consumer =
        new KafkaConsumer<>(
            context.getBean(KafkaConfig.class).client(),
            new StringDeserializer(),
            context.getBean(AvroSerdes.class).value(Topics.INSPECTED_PATTERN).deserializer())) {
      List<TopicPartition> partitions =
          List.of(
              new TopicPartition(
                  Topics.INSPECTED_PATTERN.name(),
                  Topics.INSPECTED_PATTERN.partition(client, PARTITIONS)));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Await.until(
          count + " inspected messages",
          () -> {
            for (ConsumerRecord<String, InspectedMessage> record :
                consumer.poll(Duration.ofMillis(100))) {
              if (record.key().equals(client)) {
                inspected.add(record.value());
              }
            }
            return inspected.size() >= count;
          });
    }
    return inspected;
  }
}
