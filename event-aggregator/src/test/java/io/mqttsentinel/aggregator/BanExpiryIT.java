package io.mqttsentinel.aggregator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanExpiry;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.TestKafka;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The topic of bans on a real Kafka, whose order decides. */
class BanExpiryIT {

  private static RunningAggregator aggregator;

  private final String client = "ban-" + UUID.randomUUID();
  private final String key = "CLIENT_ID:" + client;
  private final List<ConsumerRecord<String, byte[]>> seen = new ArrayList<>();

  @BeforeAll
  static void start() {
    aggregator = RunningAggregator.start("aggregator-bans", Map.of());
  }

  @AfterAll
  static void stop() {
    aggregator.close();
  }

  @Test
  void banThatIsLongOverGetsATombstone() {
    aggregator.send(Topics.AUTH_BANS, key, ban(Instant.now().minus(2, ChronoUnit.HOURS)));
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      Await.until("its tombstone", () -> read(consumer).size() == 2);
    }
    assertNull(seen.getLast().value());
    assertTrue(BanExpiry.isMarked(seen.getLast().headers()));
  }

  @Test
  void banThatWasRenewedInTimeSurvivesTheTombstone() {
    Ban renewed = ban(Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MICROS));
    aggregator.send(Topics.AUTH_BANS, key, renewed);
    aggregator.expire(key);
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      Await.until("the ban again", () -> read(consumer).size() == 3);
    }
    ConsumerRecord<String, byte[]> last = seen.getLast();
    assertEquals(renewed, aggregator.read(Topics.AUTH_BANS, last.value()));
    assertFalse(BanExpiry.isMarked(last.headers()));
  }

  private List<ConsumerRecord<String, byte[]>> read(KafkaConsumer<String, byte[]> consumer) {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
      if (key.equals(record.key())) {
        seen.add(record);
      }
    }
    return seen;
  }

  private static KafkaConsumer<String, byte[]> consumer() {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", TestKafka.shared().bootstrapServers()),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.AUTH_BANS.name()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  private Ban ban(Instant until) {
    return new Ban(Instant.EPOCH, BanKind.CLIENT_ID, client, until, "test", "me");
  }
}
