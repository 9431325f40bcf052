package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanExpiry;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class AccessReaderTest {

  private static final TopicLayout LAYOUT = new TopicLayout(1, 1, (short) 1, Duration.ofHours(1));
  private static final TopicPartition BANS = new TopicPartition(Topics.AUTH_BANS.name(), 0);
  private static final Duration LONG = Duration.ofSeconds(50);

  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private final Bans bans = new Bans(Clock.systemUTC());
  private final AtomicLong nanos = new AtomicLong();
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final AccessReader reader =
      new AccessReader(
          consumer,
          serdes,
          LAYOUT,
          new AccessFlow(null, bans, new Connections(), null),
          new EdgeMetrics(new SimpleMeterRegistry()),
          nanos::get);

  @Test
  void bansAreReadToTheirEndHoweverLongThatTakes() {
    int records = 5;
    topics(records);
    for (int i = 0; i < records; i++) {
      long offset = i;
      consumer.schedulePollTask(
          () -> {
            nanos.addAndGet(LONG.toNanos());
            consumer.addRecord(lifted(offset));
          });
    }
    reader.start();
    assertEquals(records, consumer.position(BANS));
    reader.close(Duration.ofMinutes(1));
  }

  @Test
  void kafkaThatFallsSilentIsAFailure() {
    topics(2);
    consumer.schedulePollTask(() -> consumer.addRecord(lifted(0)));
    for (int i = 0; i < 10; i++) {
      consumer.schedulePollTask(() -> nanos.addAndGet(LONG.toNanos()));
    }
    assertThrows(KafkaException.class, reader::start);
  }

  @Test
  void tombstoneOfABanThatIsOverLiftsNoneThatIsInForce() {
    topics(4);
    consumer.schedulePollTask(
        () -> {
          consumer.addRecord(banned(0, "c0"));
          consumer.addRecord(banned(1, "c1"));
          consumer.addRecord(record(2, "c0", null, BanExpiry.headers()));
          consumer.addRecord(record(3, "c1", null, new RecordHeaders()));
        });
    reader.start();
    assertNotNull(bans.find("c0", null), "it was renewed while the tombstone was on its way");
    assertNull(bans.find("c1", null));
    reader.close(Duration.ofMinutes(1));
  }

  private void topics(long bans) {
    Map<TopicPartition, Long> begin = new HashMap<>();
    Map<TopicPartition, Long> end = new HashMap<>();
    for (Topic<?, ?> topic : List.of(Topics.AUTH_BANS, Topics.AUTH_INVALIDATIONS)) {
      for (int i = 0; i < topic.partitions(LAYOUT); i++) {
        begin.put(new TopicPartition(topic.name(), i), 0L);
        end.put(new TopicPartition(topic.name(), i), 0L);
      }
    }
    end.put(BANS, bans);
    consumer.updateBeginningOffsets(begin);
    consumer.updateEndOffsets(end);
  }

  private ConsumerRecord<byte[], byte[]> banned(long offset, String clientId) {
    Ban ban = new Ban(Instant.EPOCH, BanKind.CLIENT_ID, clientId, null, "test", "me");
    byte[] value = serdes.value(Topics.AUTH_BANS).serializer().serialize(BANS.topic(), ban);
    return record(offset, clientId, value, new RecordHeaders());
  }

  private static ConsumerRecord<byte[], byte[]> lifted(long offset) {
    return record(offset, "c" + offset, null, new RecordHeaders());
  }

  private static ConsumerRecord<byte[], byte[]> record(
      long offset, String clientId, @Nullable byte[] value, Headers headers) {
    byte[] key = ("CLIENT_ID:" + clientId).getBytes(StandardCharsets.UTF_8);
    return new ConsumerRecord<>(
        BANS.topic(),
        BANS.partition(),
        offset,
        ConsumerRecord.NO_TIMESTAMP,
        TimestampType.NO_TIMESTAMP_TYPE,
        key.length,
        value == null ? 0 : value.length,
        key,
        value,
        headers,
        Optional.empty());
  }
}
