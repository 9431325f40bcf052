package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Topics;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class BacklogTest {

  private static final long NOW = 1_800_000_000_000L;

  private final Backlog backlog = new Backlog(2);

  @Test
  void whereMessagesAreInTimeAllGoInOrderOfTime() {
    assertEquals(NOW, time(0, NOW));
    backlog.handles(0, 999);
    assertEquals(NOW, time(0, NOW));
  }

  @Test
  void whereMessagesAreLateWhatEdgesSayGoesFirst() {
    backlog.handles(0, 60_000);
    assertTrue(time(0, NOW) < NOW - 60_000, "before the messages of a minute ago");
    assertTrue(time(0, NOW) < time(0, NOW + 1), "in its own order");
    assertEquals(NOW, time(1, NOW), "another partition is not late");
    backlog.handles(0, 10);
    assertEquals(NOW, time(0, NOW));
  }

  @Test
  void noTimeIsBelowZero() {
    backlog.handles(0, NOW);
    assertEquals(0, time(0, NOW));
  }

  @Test
  void messagesFromAClockThatIsAheadAreNotLate() {
    backlog.handles(0, -60_000);
    assertEquals(NOW, time(0, NOW));
  }

  private long time(int partition, long timestamp) {
    return backlog.extract(
        new ConsumerRecord<>(
            Topics.SESSION_EVENTS.name(),
            partition,
            1,
            timestamp,
            TimestampType.CREATE_TIME,
            0,
            0,
            "key",
            "value",
            new RecordHeaders(),
            Optional.empty()),
        -1);
  }
}
