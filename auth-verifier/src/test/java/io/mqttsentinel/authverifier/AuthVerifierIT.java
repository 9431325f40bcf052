package io.mqttsentinel.authverifier;

import static io.mqttsentinel.authverifier.Samples.message;
import static io.mqttsentinel.authverifier.Samples.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as it runs, on a real Kafka. */
class AuthVerifierIT {

  private static final int PARTITIONS = 2;

  private final String client = "auth-it-" + UUID.randomUUID();
  private final AvroSerdes serdes =
      new AvroSerdes(new HttpSchemaRegistry(TestKafka.shared().registryUrl(), null, 3));

  @TempDir Path state;

  @Test
  void knownSessionPassesAndUnknownOneIsBlockedAfterTheHold() throws Exception {
    Instant now = Instant.now();
    try (var _ = start("first", "2s")) {
      send(Topics.SESSION_EVENTS, opened(client, 1, now));
      send(Topics.INSPECTED_ANOMALY, message(client, 1, 1, now));
      assertEquals(List.of(List.of()), receive(1));
      send(Topics.INSPECTED_ANOMALY, message(client, 99, 2, now));
      assertEquals(List.of(List.of(), List.of("session_unknown")), receive(2));
    }
  }

  @Test
  void sessionsAreKnownAfterARestartOnAnEmptyDisk() throws Exception {
    Instant now = Instant.now();
    try (var _ = start("first", "2s")) {
      send(Topics.SESSION_EVENTS, opened(client, 1, now));
      send(Topics.INSPECTED_ANOMALY, message(client, 1, 1, now));
      receive(1);
    }
    try (var _ = start("second", "2s")) {
      send(Topics.INSPECTED_ANOMALY, message(client, 1, 2, now));
      assertEquals(List.of(List.of(), List.of()), receive(2));
    }
  }

  @Test
  void heldMessagesSurviveARestartOnAnEmptyDiskAndKeepTheirOrder() throws Exception {
    Instant now = Instant.now();
    try (ApplicationContext context = start("first", "60s")) {
      send(Topics.INSPECTED_ANOMALY, message(client, 1, 1, now));
      RecordMetadata last = send(Topics.INSPECTED_ANOMALY, message(client, 1, 2, now));
      Await.until("both wait", () -> held(context) == 2);
      // From here on they are in the changelog only: nobody reads them again.
      Await.until("their offsets are committed", () -> committed(last) > last.offset());
    }
    try (ApplicationContext context = start("second", "60s")) {
      Await.until("both wait again", () -> held(context) == 2);
      send(Topics.INSPECTED_ANOMALY, message(client, 1, 3, now));
      Await.until("the third waits behind them", () -> held(context) == 3);
      send(Topics.SESSION_EVENTS, opened(client, 1, now));
      assertEquals(List.of(List.of(), List.of(), List.of()), receive(3));
      assertEquals(List.of(1L, 2L, 3L), sequences());
      assertEquals(0, held(context));
    }
  }

  @Test
  void userNameThatSeveralNetworksUseAtOnceIsBannedWhereThatIsConfigured() throws Exception {
    String user = "user-of-" + client;
    Map<String, Object> act =
        Map.of(
            "sentinel.auth-verifier.users.overlap", "0s",
            "sentinel.auth-verifier.response.credentials-shared", "BAN_USER");
    try (var _ = start("first", "2s", act)) {
      Ban ban =
          Await.value(
              "a ban",
              () -> {
                // Again and again: what was there before the trail is watched is no news.
                send(Topics.AUDIT_AUTH, client, login(user, client, "192.0.2.1:1000"));
                String other = client + "-copy";
                send(Topics.AUDIT_AUTH, other, login(user, other, "198.51.100.1:1000"));
                List<Ban> bans = read(Topics.AUTH_BANS, "USERNAME:" + user);
                return bans.isEmpty() ? null : bans.getFirst();
              },
              found -> true);
      assertEquals(user, ban.getValue());
      assertEquals("auth-verifier: credentials_shared", ban.getReason());
    }
  }

  private static AuthAudit login(String username, String clientId, String address) {
    AuthAudit login = Samples.login(clientId, 1, address, Instant.now());
    login.setUsername(username);
    return login;
  }

  private ApplicationContext start(String disk, String hold) {
    return start(disk, hold, Map.of());
  }

  private ApplicationContext start(String disk, String hold, Map<String, Object> more) {
    Map<String, Object> keys = new HashMap<>(more);
    keys.put("sentinel.kafka.bootstrap-servers", TestKafka.shared().bootstrapServers());
    keys.put("sentinel.kafka.replication-factor", 1);
    keys.put("sentinel.kafka.partitions", PARTITIONS);
    keys.put("sentinel.registry.url", TestKafka.shared().registryUrl());
    keys.put("sentinel.streams.state-directory", state.resolve(disk).toString());
    keys.put("sentinel.auth-verifier.hold", hold);
    keys.put("micronaut.server.port", -1);
    keys.put("micronaut.server.host", "127.0.0.1");
    ApplicationContext context = ServiceMain.start(Set.of("auth-verifier"), keys);
    RunningTopology topology = context.getBean(RunningTopology.class);
    Await.until("the topology runs", () -> topology.state() == State.RUNNING);
    return context;
  }

  private static double held(ApplicationContext context) {
    return context.getBean(MeterRegistry.class).get("sentinel.auth.held").gauge().value();
  }

  private <V extends SpecificRecord> RecordMetadata send(Topic<String, V> topic, V value)
      throws Exception {
    return send(topic, client, value);
  }

  private <V extends SpecificRecord> RecordMetadata send(
      Topic<String, V> topic, String key, V value) throws Exception {
    try (KafkaProducer<String, V> producer =
        new KafkaProducer<>(
            clientSettings(), new StringSerializer(), serdes.value(topic).serializer())) {
      return producer
          .send(new ProducerRecord<>(topic.name(), topic.partition(key, PARTITIONS), key, value))
          .get();
    }
  }

  private static long committed(RecordMetadata record) throws Exception {
    try (Admin admin = Admin.create(clientSettings())) {
      var offset =
          admin
              .listConsumerGroupOffsets(AuthVerifierApplication.SERVICE)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(record.topic(), record.partition()));
      return offset == null ? -1 : offset.offset();
    }
  }

  /** The rules of all findings on the client's messages, once there are so many messages. */
  private List<List<String>> receive(int count) {
    List<InspectedMessage> received =
        Await.value(count + " messages", this::received, messages -> messages.size() >= count);
    return received.stream()
        .map(m -> m.getFindings().stream().map(Finding::getRuleId).toList())
        .toList();
  }

  private List<Long> sequences() {
    return received().stream().map(InspectedMessage::getSequence).toList();
  }

  private List<InspectedMessage> received() {
    return read(Topics.INSPECTED_AUTH, client);
  }

  /** All records of a key that the topic has by now. */
  private <V extends SpecificRecord> List<V> read(Topic<String, V> topic, String key) {
    List<V> values = new ArrayList<>();
    try (KafkaConsumer<String, V> consumer =
        new KafkaConsumer<>(
            clientSettings(), new StringDeserializer(), serdes.value(topic).deserializer())) {
      TopicPartition partition = new TopicPartition(topic.name(), topic.partition(key, PARTITIONS));
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          if (record.key().equals(key)) {
            values.add(record.value());
          }
        }
      }
    }
    return values;
  }

  private static Map<String, Object> clientSettings() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", TestKafka.shared().bootstrapServers());
    return settings;
  }
}
