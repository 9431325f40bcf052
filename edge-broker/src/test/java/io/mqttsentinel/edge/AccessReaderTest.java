package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AccessReaderTest {

  private static final TopicLayout LAYOUT = new TopicLayout(1, 1, (short) 1, Duration.ofHours(1));
  private static final TopicPartition BANS = new TopicPartition(Topics.AUTH_BANS.name(), 0);
  private static final Duration LONG = Duration.ofSeconds(50);

  private final AtomicLong nanos = new AtomicLong();
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final AccessReader reader =
      new AccessReader(
          consumer,
          new AvroSerdes(new InMemorySchemaRegistry()),
          LAYOUT,
          new AccessFlow(null, new Bans(Clock.systemUTC()), null, null),
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

  private static ConsumerRecord<byte[], byte[]> lifted(long offset) {
    byte[] key = ("CLIENT_ID:c" + offset).getBytes(StandardCharsets.UTF_8);
    return new ConsumerRecord<>(BANS.topic(), BANS.partition(), offset, key, null);
  }
}
