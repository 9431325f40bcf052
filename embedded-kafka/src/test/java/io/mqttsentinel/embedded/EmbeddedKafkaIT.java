package io.mqttsentinel.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.SchemaRegistryException;
import io.mqttsentinel.schemas.Schemas;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.TopicProvisioner;
import io.mqttsentinel.schemas.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {

  private static final TopicLayout LAYOUT = new TopicLayout(2, 3, (short) 1, Duration.ofDays(3));

  @TempDir Path directory;

  @Test
  void keepsRecordsAndSchemasAcrossARestart() throws Exception {
    int id;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
        EmbeddedSchemaRegistry registry =
            EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
      provision(kafka, LAYOUT);
      write(kafka, "before");
      id = client(registry).register("a-value", Schemas.published(SessionFenced.class));
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
        EmbeddedSchemaRegistry registry =
            EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
      provision(kafka, LAYOUT);
      assertEquals(List.of("before"), readAll(kafka));
      assertEquals(Schemas.published(SessionFenced.class), client(registry).schema(id));
      assertEquals(
          id, client(registry).register("b-value", Schemas.published(SessionFenced.class)));
      assertTrue(
          client(registry).register("c-value", Schemas.published(AuthAudit.class)) != id,
          "another schema has another id");
    }
  }

  @Test
  void refusesAClusterWithOtherPartitions() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
      provision(kafka, LAYOUT);
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> provision(kafka, new TopicLayout(4, 3, (short) 1, Duration.ofDays(3))));
      assertTrue(e.getMessage().contains("has 2 partitions, expected 4"), e.getMessage());
      assertTrue(e.getMessage().contains("sentinel.kafka.partitions"), e.getMessage());
    }
  }

  @Test
  void theRegistryAnswersAsConfluents() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
        EmbeddedSchemaRegistry registry =
            EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
      Schema schema = Schemas.published(SessionFenced.class);
      client(registry).register("a-value", schema);

      assertEquals("[\"a-value\"]", get(registry, "/subjects").body());
      assertEquals("[1]", get(registry, "/subjects/a-value/versions").body());
      assertTrue(get(registry, "/subjects/a-value/versions/latest").body().contains("\"id\":1"));
      assertEquals(404, get(registry, "/subjects/b-value/versions").statusCode());
      assertTrue(get(registry, "/subjects/b-value/versions").body().contains("40401"));
      assertEquals(404, get(registry, "/schemas/ids/77").statusCode());
      assertEquals(404, get(registry, "/nothing/here").statusCode());
    }
  }

  @Test
  void theRegistryRefusesWhatOthersCouldNotRead() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
        EmbeddedSchemaRegistry registry =
            EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
      HttpSchemaRegistry client = client(registry);
      client.register("a-value", Schemas.published(SessionFenced.class));
      SchemaRegistryException e =
          assertThrows(
              SchemaRegistryException.class,
              () -> client.register("a-value", Schemas.published(AuthAudit.class)));
      assertTrue(e.getMessage().contains("status 409"), e.getMessage());
      assertTrue(!e.isPassing(), "asking again would not help");

      HttpResponse<String> answer = post(registry, "/subjects/a-value/versions", "{\"schema\": 5}");
      assertEquals(422, answer.statusCode());
      answer = post(registry, "/subjects/a-value/versions", "not json");
      assertEquals(400, answer.statusCode());
      answer = post(registry, "/subjects/a-value/versions", "{\"schema\": \"{\"}");
      assertEquals(422, answer.statusCode());
    }
  }

  private static HttpSchemaRegistry client(EmbeddedSchemaRegistry registry) {
    return new HttpSchemaRegistry(registry.url(), null, 3);
  }

  private static void provision(EmbeddedKafka kafka, TopicLayout layout) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      new TopicProvisioner(admin, layout).provision(Topics.all("local", layout));
    }
  }

  private static void write(EmbeddedKafka kafka, String value) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>(Topics.DEAD_LETTERS.name(), 0, "k", value)).get();
    }
  }

  private static List<String> readAll(EmbeddedKafka kafka) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(Topics.DEAD_LETTERS.name(), 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      ConsumerRecords<String, String> records = consumer.poll(Duration.ofSeconds(30));
      return records.records(partition).stream().map(r -> r.value()).toList();
    }
  }

  private static HttpResponse<String> get(EmbeddedSchemaRegistry registry, String path)
      throws Exception {
    return send(HttpRequest.newBuilder(URI.create(registry.url() + path)).build());
  }

  private static HttpResponse<String> post(
      EmbeddedSchemaRegistry registry, String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(registry.url() + path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }
}
