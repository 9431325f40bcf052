package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as it runs, on a real Kafka. */
class AnomalyDetectorIT {

  private static final String CLIENT = "anomaly-it-" + UUID.randomUUID();

  /** Now: a profile of long ago is forgotten while it is made. */
  private final Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  @TempDir Path state;

  @Test
  void findsWhatIsUnusualAndHandsEverythingOn() throws Exception {
    Map<Long, List<String>> rules = new HashMap<>();
    try (ApplicationContext context = start()) {
      List<InspectedMessage> messages = new ArrayList<>();
      messages.add(message(1, "21.5".getBytes(StandardCharsets.UTF_8)));
      messages.add(message(2, new byte[10_241]));
      messages.add(message(3, Samples.random(1024, 1)));
      for (int i = 4; i <= 153; i++) {
        messages.add(message(i, "x".getBytes(StandardCharsets.UTF_8)));
      }
      send(context, messages);
      rules.putAll(receive(context, 153));
      HttpResponse<String> metrics = get(context, "/prometheus");
      assertTrue(
          metrics.body().contains("sentinel_stage_messages_total{"), "the stage reports itself");
      assertTrue(metrics.body().contains("sentinel_anomaly_findings_total{"));
    }
    assertEquals(List.of(), rules.get(1L));
    assertEquals(List.of("payload_oversized"), rules.get(2L));
    assertEquals(List.of("payload_high_entropy"), rules.get(3L));
    Set<Long> tooFast =
        rules.entrySet().stream()
            .filter(e -> e.getValue().contains("publish_rate"))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    assertEquals(Set.of(101L), tooFast);
  }

  private ApplicationContext start() {
    ApplicationContext context =
        ServiceMain.start(
            Set.of("anomaly-detector"),
            Map.of(
                "sentinel.kafka.bootstrap-servers",
                TestKafka.shared().bootstrapServers(),
                "sentinel.kafka.replication-factor",
                1,
                "sentinel.kafka.partitions",
                2,
                "sentinel.registry.url",
                TestKafka.shared().registryUrl(),
                "sentinel.streams.state-directory",
                state.toString(),
                "micronaut.server.port",
                -1,
                "micronaut.server.host",
                "127.0.0.1"));
    RunningTopology topology = context.getBean(RunningTopology.class);
    Await.until("the topology runs", () -> topology.state() == State.RUNNING);
    return context;
  }

  /** All with one time of publishing, so that the machine's pace does not matter. */
  private void send(ApplicationContext context, List<InspectedMessage> messages) throws Exception {
    AvroSerdes serdes = context.getBean(AvroSerdes.class);
    try (KafkaProducer<String, InspectedMessage> producer =
        new KafkaProducer<>(
            context.getBean(KafkaConfig.class).client(),
            new StringSerializer(),
            serdes.value(Topics.INSPECTED_PATTERN).serializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (InspectedMessage message : messages) {
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    Topics.INSPECTED_PATTERN.name(),
                    Topics.INSPECTED_PATTERN.partition(CLIENT, 2),
                    at.toEpochMilli(),
                    CLIENT,
                    message)));
      }
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    }
  }

  private static Map<Long, List<String>> receive(ApplicationContext context, int count) {
    AvroSerdes serdes = context.getBean(AvroSerdes.class);
    Map<String, Object> settings = context.getBean(KafkaConfig.class).client();
    settings.put("group.id", CLIENT);
    settings.put("auto.offset.reset", "earliest");
    Map<Long, List<String>> rules = new HashMap<>();
    try (KafkaConsumer<String, InspectedMessage> consumer =
        new KafkaConsumer<>(
            settings,
            new StringDeserializer(),
            serdes.value(Topics.INSPECTED_ANOMALY).deserializer())) {
      consumer.subscribe(List.of(Topics.INSPECTED_ANOMALY.name()));
      Await.until(
          count + " messages",
          () -> {
            for (var record : consumer.poll(Duration.ofMillis(200))) {
              if (record.key().equals(CLIENT)) {
                rules.put(
                    record.value().getSequence(),
                    record.value().getFindings().stream().map(Finding::getRuleId).toList());
              }
            }
            return rules.size() == count;
          });
    }
    return rules;
  }

  private InspectedMessage message(long sequence, byte[] payload) {
    InspectedMessage message = Samples.message(MessageSource.DEVICE, CLIENT, payload);
    message.setSequence(sequence);
    message.setAcceptedAt(at);
    return message;
  }

  private static HttpResponse<String> get(ApplicationContext context, String path)
      throws Exception {
    String address = context.getBean(EmbeddedServer.class).getURL() + path;
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(address)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
