package io.mqttsentinel.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The registry's memory: a compacted topic with one record for each version of a subject, read
 * whole at the start. A new version must be readable by, and able to read, all before it.
 */
final class SchemaLog implements AutoCloseable {

  static final String COMPATIBILITY = "FULL_TRANSITIVE";

  private static final String TOPIC = "_schemas";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SchemaValidator COMPATIBLE =
      new SchemaValidatorBuilder().mutualReadStrategy().validateAll();

  private final KafkaProducer<String, String> producer;
  private final Map<String, List<RegisteredSchema>> subjects = new TreeMap<>();
  private final Map<Integer, String> byId = new TreeMap<>();

  private SchemaLog(KafkaProducer<String, String> producer) {
    this.producer = producer;
  }

  static SchemaLog open(String bootstrapServers) {
    Map<String, Object> client = Map.of("bootstrap.servers", bootstrapServers);
    createTopic(client);
    Map<String, Object> settings = new TreeMap<>(client);
    settings.put("acks", "all");
    SchemaLog log =
        new SchemaLog(
            new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer()));
    log.readAll(client);
    return log;
  }

  synchronized RegisteredSchema register(String subject, String text) {
    Schema schema = parse(text);
    List<RegisteredSchema> versions = subjects.getOrDefault(subject, List.of());
    for (RegisteredSchema version : versions) {
      if (version.schema().equals(schema.toString())) {
        return version;
      }
    }
    checkCompatible(subject, schema, versions);
    RegisteredSchema registered =
        new RegisteredSchema(
            subject, versions.size() + 1, idOf(schema.toString()), schema.toString());
    write(registered);
    remember(registered);
    return registered;
  }

  synchronized RegisteredSchema find(String subject, String text) {
    String schema = parse(text).toString();
    return versionsOf(subject).stream()
        .filter(version -> version.schema().equals(schema))
        .findFirst()
        .orElseThrow(() -> new RegistryRefusal(404, 40403, "Schema not found"));
  }

  synchronized RegisteredSchema version(String subject, String version) {
    List<RegisteredSchema> versions = versionsOf(subject);
    if (version.equals("latest")) {
      return versions.getLast();
    }
    return versions.stream()
        .filter(v -> Integer.toString(v.version()).equals(version))
        .findFirst()
        .orElseThrow(() -> new RegistryRefusal(404, 40402, "Version not found"));
  }

  synchronized String schema(String id) {
    return byId.entrySet().stream()
        .filter(entry -> Integer.toString(entry.getKey()).equals(id))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new RegistryRefusal(404, 40403, "Schema not found"));
  }

  synchronized List<String> subjects() {
    return List.copyOf(new TreeSet<>(subjects.keySet()));
  }

  synchronized List<Integer> versions(String subject) {
    return versionsOf(subject).stream().map(RegisteredSchema::version).toList();
  }

  @Override
  public void close() {
    producer.close();
  }

  private List<RegisteredSchema> versionsOf(String subject) {
    List<RegisteredSchema> versions = subjects.get(subject);
    if (versions == null) {
      throw new RegistryRefusal(404, 40401, "Subject '%s' not found".formatted(subject));
    }
    return versions;
  }

  private static Schema parse(String text) {
    try {
      return new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      throw new RegistryRefusal(422, 42201, "not an Avro schema: " + e.getMessage());
    }
  }

  private static void checkCompatible(
      String subject, Schema schema, List<RegisteredSchema> versions) {
    List<Schema> newestFirst =
        versions.reversed().stream().map(v -> new Schema.Parser().parse(v.schema())).toList();
    try {
      COMPATIBLE.validate(schema, newestFirst);
    } catch (SchemaValidationException e) {
      throw new RegistryRefusal(
          409, 409, "not compatible with subject '%s': %s".formatted(subject, e.getMessage()));
    }
  }

  private int idOf(String schema) {
    return byId.entrySet().stream()
        .filter(entry -> entry.getValue().equals(schema))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(byId.size() + 1);
  }

  private void remember(RegisteredSchema schema) {
    subjects.computeIfAbsent(schema.subject(), s -> new ArrayList<>()).add(schema);
    byId.put(schema.id(), schema.schema());
  }

  private void write(RegisteredSchema schema) {
    String value =
        JSON.createObjectNode()
            .put("subject", schema.subject())
            .put("version", schema.version())
            .put("id", schema.id())
            .put("schema", schema.schema())
            .toString();
    try {
      producer
          .send(new ProducerRecord<>(TOPIC, schema.subject() + "/" + schema.version(), value))
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka did not take the schema", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the schema was written", e);
    }
  }

  private void readAll(Map<String, Object> client) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
      long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
      while (consumer.position(PARTITION) < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(record -> remember(decode(record.value())));
      }
    }
  }

  private static RegisteredSchema decode(String value) {
    try {
      JsonNode record = JSON.readTree(value);
      return new RegisteredSchema(
          record.get("subject").asText(),
          record.get("version").asInt(),
          record.get("id").asInt(),
          record.get("schema").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of %s is not JSON".formatted(TOPIC), e);
    }
  }

  private static void createTopic(Map<String, Object> client) {
    try (Admin admin = Admin.create(client)) {
      NewTopic topic =
          new NewTopic(TOPIC, Optional.of(1), Optional.empty())
              .configs(Map.of("cleanup.policy", "compact"));
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new IllegalStateException("the topic %s could not be made".formatted(TOPIC), e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while %s was made".formatted(TOPIC), e);
    }
  }
}
