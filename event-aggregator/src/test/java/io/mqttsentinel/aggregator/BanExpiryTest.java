package io.mqttsentinel.aggregator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanExpiry;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is written to the topic comes back, as it does from Kafka. */
class BanExpiryTest {

  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String KEY = "CLIENT_ID:dev-1";

  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private TopologyTestDriver driver;
  private TestInputTopic<String, Ban> bans;
  private TestOutputTopic<String, Ban> written;

  @BeforeEach
  void start() {
    driver =
        new TopologyTestDriver(
            EventAggregatorTopology.build(
                Configs.with(),
                new Judge(true),
                serdes,
                Clock.fixed(START, ZoneOffset.UTC),
                new AggregatorMetrics(new ServiceMetrics(new SimpleMeterRegistry())),
                new VerdictCounts()),
            new Properties(),
            START);
    bans =
        driver.createInputTopic(
            Topics.AUTH_BANS.name(),
            Topics.AUTH_BANS.keySerde().serializer(),
            serdes.value(Topics.AUTH_BANS).serializer());
    written =
        driver.createOutputTopic(
            Topics.AUTH_BANS.name(),
            Topics.AUTH_BANS.keySerde().deserializer(),
            serdes.value(Topics.AUTH_BANS).deserializer());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void whatHasBeenOverForAWhileIsClearedAwayOnce() {
    bans.pipeInput(KEY, ban("dev-1", START.plus(HOUR)));
    pass(HOUR.plus(BanExpiryProcessor.GRACE).minusSeconds(1));
    assertTrue(written.isEmpty(), "clocks may differ");
    pass(Duration.ofSeconds(1));
    assertTombstone(KEY, written.readRecord());
    pass(HOUR);
    assertTrue(written.isEmpty());
    assertEquals(0, known());
  }

  @Test
  void banWithoutEndAndLiftedOneAreLeftAlone() {
    bans.pipeInput(KEY, ban("dev-1", null));
    bans.pipeInput("CLIENT_ID:dev-2", ban("dev-2", START.plus(HOUR)));
    bans.pipeInput("CLIENT_ID:dev-2", (Ban) null);
    pass(Duration.ofDays(30));
    assertTrue(written.isEmpty());
    assertEquals(1, known());
  }

  @Test
  void renewedBanEndsByItsNewTimeOnly() {
    bans.pipeInput(KEY, ban("dev-1", START.plus(HOUR)));
    bans.pipeInput(KEY, ban("dev-1", START.plus(HOUR.multipliedBy(10))));
    pass(HOUR.multipliedBy(10));
    assertTrue(written.isEmpty());
    pass(HOUR);
    assertTombstone(KEY, written.readRecord());
  }

  @Test
  void banThatWasRenewedBeforeItsTombstoneArrivedIsWrittenBehindIt() {
    Ban renewed = ban("dev-1", START.plus(HOUR));
    bans.pipeInput(KEY, renewed);
    bans.pipeInput(new TestRecord<>(KEY, null, BanExpiry.headers()));
    TestRecord<String, Ban> again = written.readRecord();
    assertEquals(renewed, again.value());
    assertFalse(BanExpiry.isMarked(again.headers()));
    assertTrue(written.isEmpty(), "which is not answered in turn");
    pass(HOUR.plus(BanExpiryProcessor.GRACE));
    assertTombstone(KEY, written.readRecord());
  }

  @Test
  void whoLiftsABanIsNotContradicted() {
    bans.pipeInput(KEY, ban("dev-1", START.plus(HOUR)));
    bans.pipeInput(new TestRecord<>(KEY, null, new RecordHeaders()));
    bans.pipeInput(new TestRecord<>(KEY, null, BanExpiry.headers()));
    pass(Duration.ofDays(1));
    assertTrue(written.isEmpty());
    assertEquals(0, known());
  }

  @Test
  void manyThatEndTogetherDoNotHoldUpTheVerdicts() {
    int many = 3 * BanExpiryProcessor.MOST + 7;
    for (int i = 0; i < many; i++) {
      bans.pipeInput("CLIENT_ID:dev-" + i, ban("dev-" + i, START));
    }
    pass(BanExpiryProcessor.GRACE);
    assertEquals(BanExpiryProcessor.MOST, written.readRecordsToList().size());
    int more = 0;
    for (int i = 0; i < 4; i++) {
      pass(BanExpiryProcessor.INTERVAL);
      List<TestRecord<String, Ban>> tombstones = written.readRecordsToList();
      assertTrue(tombstones.size() <= BanExpiryProcessor.MOST);
      more += tombstones.size();
    }
    assertEquals(many - BanExpiryProcessor.MOST, more);
    assertEquals(0, known());
  }

  private static void assertTombstone(String key, TestRecord<String, Ban> record) {
    assertEquals(key, record.key());
    assertNull(record.value());
    assertTrue(BanExpiry.isMarked(record.headers()));
  }

  private void pass(Duration time) {
    driver.advanceWallClockTime(time);
  }

  private int known() {
    int known = 0;
    try (var all = driver.getKeyValueStore(BanExpiryProcessor.BANS).all()) {
      while (all.hasNext()) {
        all.next();
        known++;
      }
    }
    try (var ends = driver.getKeyValueStore(BanExpiryProcessor.ENDS).all()) {
      assertTrue(known > 0 || !ends.hasNext(), "an end without a ban");
    }
    return known;
  }

  private static Ban ban(String clientId, Instant until) {
    return new Ban(START, BanKind.CLIENT_ID, clientId, until, "test", "me");
  }
}
