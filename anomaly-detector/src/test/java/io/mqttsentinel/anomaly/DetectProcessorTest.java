package io.mqttsentinel.anomaly;

import static io.mqttsentinel.anomaly.Samples.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectProcessorTest {

  @TempDir Path state;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private TopologyTestDriver driver;
  private TestInputTopic<String, InspectedMessage> in;
  private TestOutputTopic<String, InspectedMessage> out;
  private TestInputTopic<String, SessionEvent> sessions;
  private TestOutputTopic<String, SecurityEvent> events;
  private long sequence = 1;
  private KeyValueStore<String, byte[]> profiles;

  @BeforeEach
  void start() {
    start(settings(Mode.ALERT));
  }

  private static Settings settings(Mode mode) {
    return new Settings(
        Samples.limits(3), Samples.BASELINE, Samples.modes(mode), Samples.responses());
  }

  private void start(Settings config) {
    start(config, AnomalyDetectorTopology.detectors(config, Samples.origins()));
  }

  private void start(Settings config, List<Detector> detectors) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "detect-test");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    driver =
        new TopologyTestDriver(
            AnomalyDetectorTopology.build(
                config,
                detectors,
                serdes,
                new ServiceMetrics(meters),
                Clock.fixed(START, ZoneOffset.UTC)),
            properties,
            START);
    in =
        driver.createInputTopic(
            Topics.INSPECTED_PATTERN.name(),
            new StringSerializer(),
            serdes.value(Topics.INSPECTED_PATTERN).serializer());
    out =
        driver.createOutputTopic(
            Topics.INSPECTED_ANOMALY.name(),
            new StringDeserializer(),
            serdes.value(Topics.INSPECTED_ANOMALY).deserializer());
    sessions =
        driver.createInputTopic(
            Topics.SESSION_EVENTS.name(),
            new StringSerializer(),
            serdes.value(Topics.SESSION_EVENTS).serializer());
    events =
        driver.createOutputTopic(
            Topics.SECURITY_EVENTS.name(),
            new StringDeserializer(),
            serdes.value(Topics.SECURITY_EVENTS).deserializer());
    profiles = driver.getKeyValueStore(DetectProcessor.CLIENT_PROFILES);
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void ordinaryMessagePassesWithAStamp() {
    send("dev-1", 0);
    var record = out.readRecord();
    assertEquals("dev-1", record.key());
    assertEquals(START, record.getRecordTime(), "the time of publishing is kept");
    assertEquals(List.of(), record.value().getFindings());
    assertEquals("anomaly-detector", record.value().getStamps().getLast().getStage());
  }

  @Test
  void severalDetectorsSpeakOnOneMessage() {
    InspectedMessage message = Samples.message(Samples.random(20_000, 1));
    in.pipeInput("dev-1", message, START);
    assertEquals(List.of("payload_oversized", "payload_high_entropy"), rules(out.readValue()));
    assertEquals(
        1,
        meters.get("sentinel.anomaly.findings").tag("rule", "payload_oversized").counter().count());
  }

  @Test
  void burstIsFlaggedOnCrossingAndThenNotForTenMinutes() {
    for (int i = 0; i < 100; i++) {
      send("dev-1", i);
      assertEquals(List.of(), rules(out.readValue()), "message " + i);
    }
    send("dev-1", 100);
    assertEquals(List.of("publish_rate"), rules(out.readValue()));
    for (int ms = 101; ms < 3100; ms++) {
      send("dev-1", ms);
    }
    assertEquals(0, raised());
  }

  @Test
  void pacesOfClientsAreApartAndTheOriginsIsNotTheirs() {
    for (int i = 0; i < 60; i++) {
      send("dev-1", i);
      send("dev-2", i);
      sendFromOrigin("dev-1", "clients/dev-1/alerts", i);
    }
    assertEquals(0, raised());
    for (int i = 0; i < 60; i++) {
      sendFromOrigin("dev-1", "clients/dev-1/alerts", i);
    }
    assertEquals(1, raised());
  }

  @Test
  void broadcastsOfTheOriginHaveNoLimit() {
    for (int i = 0; i < 500; i++) {
      sendFromOrigin("news/all", "news/all", i);
    }
    assertEquals(0, raised());
  }

  @Test
  void modeThatStopsMessagesStopsEachAboveTheLimit() {
    driver.close();
    start(settings(Mode.ACT));
    for (int i = 0; i < 150; i++) {
      send("dev-1", i);
    }
    assertEquals(50, raised());
  }

  @Test
  void clientThatFloodsIsBannedOnceWhereItsModeSaysSo() {
    driver.close();
    start(settings(Mode.BAN_CLIENT));
    for (int i = 0; i < 150; i++) {
      send("dev-1", i);
    }
    assertEquals(50, raised(), "messages are quarantined as by ACT");
    Ban ban = bans().readValue();
    assertEquals("dev-1", ban.getValue());
    assertEquals("anomaly-detector: publish_rate", ban.getReason());
    assertTrue(bans().isEmpty());
    SecurityEvent event = events.readValue();
    assertEquals("response_ban", event.getType());
    assertEquals(SecurityLayer.ANOMALY, event.getLayer());
    assertEquals("dev-1", event.getClientId());
    assertTrue(events.isEmpty());
  }

  @Test
  void deviceIsNotBannedForWhatTheOriginSends() {
    driver.close();
    start(settings(Mode.BAN_CLIENT));
    for (int i = 0; i < 150; i++) {
      sendFromOrigin("dev-1", "clients/dev-1/alerts", i);
    }
    assertEquals(50, raised());
    assertTrue(bans().isEmpty());
  }

  @Test
  void modeThatStopsMessagesOnlyBansNobody() {
    driver.close();
    start(settings(Mode.ACT));
    for (int i = 0; i < 150; i++) {
      send("dev-1", i);
    }
    assertTrue(events.isEmpty());
  }

  @Test
  void clientThatConnectsAgainAndAgainCanBeSentAway() {
    driver.close();
    DetectorModes modes = Samples.modes(Mode.ALERT, Mode.DISCONNECT_CLIENT);
    start(new Settings(Samples.LIMITS, Samples.BASELINE, modes, Samples.responses()));
    for (int i = 0; i < 40; i++) {
      sessions.pipeInput("dev-1", Samples.opened("dev-1", i, START.plusSeconds(i)));
    }
    var orders =
        driver.createOutputTopic(
            Topics.AUTH_INVALIDATIONS.name(),
            new StringDeserializer(),
            serdes.value(Topics.AUTH_INVALIDATIONS).deserializer());
    assertEquals("dev-1", orders.readValue().getValue());
    assertEquals("connection_rate", events.readValue().getType());
    SecurityEvent event = events.readValue();
    assertEquals("response_disconnect", event.getType());
    assertEquals("192.0.2.1:1000", event.getRemoteAddress());
  }

  private TestOutputTopic<String, Ban> bans() {
    return driver.createOutputTopic(
        Topics.AUTH_BANS.name(),
        new StringDeserializer(),
        serdes.value(Topics.AUTH_BANS).deserializer());
  }

  @Test
  void profilesAreWrittenAtTheCheckpointAndNotWithEveryMessage() {
    for (int i = 0; i < 50; i++) {
      send("dev-1", i);
    }
    assertNull(profiles.get("device/dev-1"));
    checkpoint();
    assertNotNull(profiles.get("device/dev-1"));
  }

  @Test
  void profileSurvivesARestartThroughTheStore() {
    for (int i = 0; i < 80; i++) {
      send("dev-1", i);
    }
    checkpoint();
    byte[] stored = profiles.get("device/dev-1");
    driver.close();
    start();
    profiles.put("device/dev-1", stored);
    for (int i = 80; i < 101; i++) {
      send("dev-1", i);
    }
    assertEquals(1, raised());
  }

  @Test
  void aMessageThatIsProcessedAgainCountsOnceButIsJudgedAgain() {
    for (int i = 0; i < 60; i++) {
      InspectedMessage message = Samples.message("21.5");
      message.setSequence(i);
      pipe(message, i);
    }
    for (int i = 0; i < 60; i++) {
      InspectedMessage message = Samples.message("21.5");
      message.setSequence(i);
      pipe(message, i);
    }
    assertEquals(0, raised());
    InspectedMessage large = Samples.message("x".repeat(20_000));
    large.setSequence(60);
    pipe(large, 60);
    InspectedMessage again = Samples.message("x".repeat(20_000));
    again.setSequence(60);
    pipe(again, 60);
    assertEquals(2, raised());
  }

  @Test
  void clientsBeyondTheCacheAreCountedOnWhileTheyAreBusy() {
    for (int i = 0; i < 101; i++) {
      for (int client = 0; client < 10; client++) {
        send("dev-" + client, i);
      }
    }
    assertEquals(10, raised());
  }

  @Test
  void profilesOfClientsThatNeverCameBackAreForgotten() {
    send("dev-1", 0);
    send("dev-2", Duration.ofDays(20).toMillis());
    checkpoint();
    driver.advanceWallClockTime(Duration.ofDays(31));
    assertNull(profiles.get("device/dev-1"));
    assertNotNull(profiles.get("device/dev-2"));
  }

  @Test
  void clientThatConnectsAgainAndAgainIsAnEvent() {
    for (int i = 0; i < 40; i++) {
      sessions.pipeInput("dev-1", Samples.opened("dev-1", i, START.plusSeconds(i)));
    }
    SecurityEvent event = events.readValue();
    assertEquals("connection_rate", event.getType());
    assertEquals("dev-1", event.getClientId());
    assertEquals(SecurityLayer.ANOMALY, event.getLayer());
    assertEquals(Action.FLAG, event.getAction());
    assertEquals("31 connections", event.getFindings().getFirst().getAttributes().get("observed"));
    assertTrue(events.isEmpty(), "not repeated");
  }

  @Test
  void regularClientThatFallsSilentIsAnEvent() {
    for (int i = 0; i < 1500; i++) {
      send("dev-1", Duration.ofMinutes(i).toMillis());
      driver.advanceWallClockTime(Duration.ofMinutes(1));
    }
    assertTrue(events.isEmpty());
    // Not in one step: a clock that jumps is a task that stood still.
    for (int i = 0; i < 100; i++) {
      driver.advanceWallClockTime(Duration.ofSeconds(5));
    }
    SecurityEvent event = events.readValue();
    assertEquals("client_silent", event.getType());
    assertEquals("dev-1", event.getClientId());
    assertTrue(events.isEmpty(), "once for each silence");
  }

  @Test
  void aDetectorThatFailsQuarantinesAndTheOthersGoOn() {
    driver.close();
    List<Detector> detectors = new ArrayList<>();
    detectors.add(new Failing());
    detectors.addAll(AnomalyDetectorTopology.detectors(Samples.DEFAULTS, Samples.origins()));
    start(Samples.DEFAULTS, detectors);
    in.pipeInput("dev-1", Samples.message(Samples.random(11_000, 1)), START);
    InspectedMessage message = out.readValue();
    assertEquals(
        List.of("inspection_failed", "payload_oversized", "payload_high_entropy"), rules(message));
    Finding failed = message.getFindings().getFirst();
    assertEquals(Action.QUARANTINE, failed.getAction());
    assertEquals("off_hours", failed.getAttributes().get("detector"));
    assertTrue(failed.getAttributes().values().stream().noneMatch(v -> v.contains("secret")));
    assertEquals(
        1, meters.get("sentinel.anomaly.failures").tag("rule", "off_hours").counter().count());
  }

  private static final class Failing implements Detector {

    @Override
    public Alarm alarm() {
      return Alarm.OFF_HOURS;
    }

    @Override
    public Optional<Finding> inspect(Observation seen, Profile profile) {
      throw new IllegalStateException("secret");
    }
  }

  private void checkpoint() {
    driver.advanceWallClockTime(Duration.ofSeconds(1));
  }

  private void send(String clientId, long millis) {
    InspectedMessage message = Samples.message(MessageSource.DEVICE, clientId, bytes("21.5"));
    message.setSequence(sequence++);
    pipe(message, millis);
  }

  private void sendFromOrigin(String clientId, String topic, long millis) {
    InspectedMessage message = Samples.message(MessageSource.ORIGIN, clientId, bytes("ALERT"));
    message.setTopic(topic);
    message.setSequence(sequence++);
    pipe(message, millis);
  }

  private void pipe(InspectedMessage message, long millis) {
    Instant at = START.plusMillis(millis);
    message.setAcceptedAt(at);
    in.pipeInput(message.getClientId(), message, at);
  }

  private long raised() {
    return out.readValuesToList().stream().flatMap(m -> rules(m).stream()).count();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> rules(InspectedMessage message) {
    return message.getFindings().stream().map(Finding::getRuleId).toList();
  }
}
