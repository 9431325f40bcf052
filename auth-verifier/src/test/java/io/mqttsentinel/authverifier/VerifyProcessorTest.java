package io.mqttsentinel.authverifier;

import static io.mqttsentinel.authverifier.Samples.START;
import static io.mqttsentinel.authverifier.Samples.allow;
import static io.mqttsentinel.authverifier.Samples.closed;
import static io.mqttsentinel.authverifier.Samples.event;
import static io.mqttsentinel.authverifier.Samples.message;
import static io.mqttsentinel.authverifier.Samples.open;
import static io.mqttsentinel.authverifier.Samples.opened;
import static io.mqttsentinel.authverifier.Samples.ownTree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.schemas.SessionSubscribe;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.schemas.Will;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyProcessorTest {

  @TempDir Path state;

  private final FakeSessionLog log = new FakeSessionLog();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private TopologyTestDriver driver;
  private TestInputTopic<String, SessionEvent> sessions;
  private TestInputTopic<String, InspectedMessage> messages;
  private TestOutputTopic<String, InspectedMessage> verified;

  @BeforeEach
  void start() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "verify-test");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    driver =
        new TopologyTestDriver(
            AuthVerifierTopology.build(
                Samples.SETTINGS,
                Samples.nowhere(),
                Samples.LIMITS,
                serdes,
                new ServiceMetrics(meters),
                log,
                Clock.fixed(START, ZoneOffset.UTC)),
            properties,
            START);
    sessions =
        driver.createInputTopic(
            Topics.SESSION_EVENTS.name(),
            new StringSerializer(),
            serdes.value(Topics.SESSION_EVENTS).serializer(),
            START,
            Duration.ZERO);
    messages =
        driver.createInputTopic(
            Topics.INSPECTED_ANOMALY.name(),
            new StringSerializer(),
            serdes.value(Topics.INSPECTED_ANOMALY).serializer(),
            START,
            Duration.ZERO);
    verified =
        driver.createOutputTopic(
            Topics.INSPECTED_AUTH.name(),
            new StringDeserializer(),
            serdes.value(Topics.INSPECTED_AUTH).deserializer());
  }

  @AfterEach
  void stop() {
    driver.close();
    assertEquals(0, heldGauge(), "the gauge forgets a task that was closed");
  }

  @Test
  void loginAfterFailuresBecomesAnEvent() {
    TestInputTopic<String, AuthAudit> audits =
        driver.createInputTopic(
            Topics.AUDIT_AUTH.name(),
            new StringSerializer(),
            serdes.value(Topics.AUDIT_AUTH).serializer(),
            START,
            Duration.ZERO);
    TestOutputTopic<String, SecurityEvent> events =
        driver.createOutputTopic(
            Topics.SECURITY_EVENTS.name(),
            new StringDeserializer(),
            serdes.value(Topics.SECURITY_EVENTS).deserializer());
    for (int i = 0; i < 5; i++) {
      audits.pipeInput("a", Samples.refusedLogin("a", START.plusSeconds(i)));
    }
    audits.pipeInput("a", Samples.login("a", 7, "192.0.2.1:1", START.plusSeconds(6)));
    SecurityEvent event = events.readValue();
    assertEquals("login_after_failures", event.getType());
    assertEquals("a", event.getClientId());
    assertEquals("192.0.2.1:1", event.getRemoteAddress());
    assertEquals(Action.FLAG, event.getAction());
    assertTrue(events.isEmpty());
  }

  @Test
  void messageOfAnOpenSessionPassesWithAStamp() {
    tell(opened("a", 1, START));
    send(message("a", 1, 1, START));
    InspectedMessage passed = verified.readValue();
    assertEquals(List.of(), passed.getFindings());
    assertEquals("auth-verifier", passed.getStamps().getLast().getStage());
    assertEquals(START, passed.getStamps().getLast().getAt());
  }

  @Test
  void topicOutsideTheGrantIsBlocked() {
    tell(opened("a", 1, START));
    InspectedMessage foreign = message("a", 1, 1, START);
    foreign.setTopic("clients/b/data");
    send(foreign);
    assertBlocked("topic_not_permitted");
  }

  @Test
  void emptyGrantPermitsNothingButASuperuserMayAll() {
    tell(event("a", 1, START, open(List.of())));
    send(message("a", 1, 1, START));
    assertBlocked("topic_not_permitted");
    SessionOpen superuser = open(List.of());
    superuser.setSuperuser(true);
    tell(event("root", 2, START, superuser));
    send(message("root", 2, 1, START));
    assertPassed();
  }

  @Test
  void topicsThatTheEdgeAsksForAreNotHeldAgainstTheClient() {
    SessionOpen open = open(ownTree("a"));
    open.setAsksForTopics(true);
    tell(event("a", 1, START, open));
    InspectedMessage asked = message("a", 1, 1, START);
    asked.setTopic("plant/1");
    send(asked);
    assertPassed();
  }

  @Test
  void expiredGrantIsBlockedSuperuserOrNot() {
    SessionOpen open = open(ownTree("a"));
    open.setSuperuser(true);
    open.setGrantExpiresAt(START.plusSeconds(60));
    tell(event("a", 1, START, open));
    send(message("a", 1, 1, START.plusSeconds(65)));
    assertPassed();
    send(message("a", 1, 2, START.plusSeconds(66)));
    assertBlocked("grant_expired");
  }

  @Test
  void messageAcceptedBeforeTheSessionEndedIsLegitimateHoweverLateItComes() {
    tell(opened("a", 1, START));
    tell(closed("a", 1, START.plusSeconds(10)));
    send(message("a", 1, 1, START.plusSeconds(9)));
    assertPassed();
    send(message("a", 1, 2, START.plusSeconds(15)));
    assertPassed();
    send(message("a", 1, 3, START.plusSeconds(16)));
    assertBlocked("session_closed");
  }

  @Test
  void takeoverBlocksOnlyWhatWasAcceptedAfterIt() {
    tell(opened("a", 1, START));
    tell(opened("a", 2, START.plusSeconds(10)));
    send(message("a", 1, 7, START.plusSeconds(10)));
    assertPassed();
    send(message("a", 2, 1, START.plusSeconds(10)));
    assertPassed();
    send(message("a", 1, 8, START.plusSeconds(16)));
    assertBlocked("session_superseded");
    tell(closed("a", 1, START.plusSeconds(17)));
    send(message("a", 2, 2, START.plusSeconds(100)));
    assertPassed();
  }

  @Test
  void theLaterRecordWinsWhateverItsEpoch() {
    tell(opened("a", 9, START));
    tell(opened("a", 3, START.plusSeconds(10)));
    send(message("a", 9, 1, START.plusSeconds(20)));
    assertBlocked("session_superseded");
    send(message("a", 3, 1, START.plusSeconds(20)));
    assertPassed();
  }

  @Test
  void aNewEdgeWhoseClockIsBehindDoesNotMakeTheOldSessionIllegitimate() {
    tell(opened("a", 1, START));
    tell(opened("a", 2, START.minusSeconds(3)));
    send(message("a", 1, 1, START.plusSeconds(4)));
    assertPassed();
  }

  @Test
  void aClientThatComesBackIsOpenAgain() {
    for (int epoch = 1; epoch <= 20; epoch++) {
      Instant at = START.plusSeconds(60L * epoch);
      tell(opened("a", epoch, at));
      send(message("a", epoch, 1, at.plusSeconds(1)));
      assertPassed();
      tell(closed("a", epoch, at.plusSeconds(2)));
    }
    send(message("a", 1, 2, START.plusSeconds(61)));
    assertPassed();
  }

  @Test
  void sessionEventsToldTwiceChangeNothing() {
    List<SessionEvent> told =
        List.of(
            opened("a", 1, START),
            closed("a", 1, START.plusSeconds(10)),
            opened("a", 2, START.plusSeconds(20)));
    told.forEach(this::tell);
    told.forEach(this::tell);
    tell(told.getFirst());
    tell(closed("a", 1, START.plusSeconds(1)));
    send(message("a", 2, 1, START.plusSeconds(90)));
    assertPassed();
    send(message("a", 1, 1, START.plusSeconds(12)));
    assertPassed();
    send(message("a", 1, 2, START.plusSeconds(90)));
    assertBlocked("session_superseded");
  }

  @Test
  void subscriptionsAreOfNoInterest() {
    tell(event("a", 1, START, new SessionSubscribe(1L, List.of())));
    assertTrue(verified.isEmpty());
  }

  @Test
  void messageThatOvertookItsSessionWaitsAndKeepsItsPlace() {
    send(message("a", 1, 1, START));
    tell(opened("other", 4, START));
    send(message("other", 4, 1, START));
    send(message("a", 1, 2, START));
    assertEquals("other", verified.readValue().getClientId());
    assertTrue(verified.isEmpty());
    assertEquals(2, heldGauge());
    work(Duration.ofMillis(1900));
    assertTrue(verified.isEmpty());
    tell(opened("a", 1, START));
    assertEquals(List.of(1L, 2L), passedSequences());
    assertEquals(0, heldGauge());
    send(message("a", 1, 3, START));
    assertEquals(List.of(3L), passedSequences());
  }

  @Test
  void laterMessagesOfAKnownSessionWaitBehindAnUnknownOne() {
    tell(opened("a", 1, START));
    send(message("a", 2, 1, START));
    send(message("a", 1, 5, START));
    assertTrue(verified.isEmpty());
    tell(opened("a", 2, START));
    assertEquals(2, verified.readValue().getEpoch());
    assertEquals(1, verified.readValue().getEpoch());
  }

  @Test
  void anUnknownSessionIsBlockedWhenTheHoldIsOverWithoutAnyTraffic() {
    send(message("a", 1, 1, START));
    work(Duration.ofMillis(1900));
    assertTrue(verified.isEmpty());
    work(Duration.ofMillis(200));
    assertBlocked("session_unknown");
    assertEquals(0, heldGauge());
    tell(opened("a", 1, START));
    send(message("a", 1, 2, START));
    assertPassed();
  }

  @Test
  void timeInWhichTheTaskStoodStillIsNotCounted() {
    send(message("a", 1, 1, START));
    driver.advanceWallClockTime(Duration.ofMinutes(1));
    assertTrue(verified.isEmpty());
    tell(opened("a", 1, START));
    assertPassed();
  }

  @Test
  void theHoldDoesNotEndBeforeAllSessionEventsAreRead() {
    log.end = 7;
    log.done = 6;
    send(message("a", 1, 1, START));
    work(Duration.ofSeconds(10));
    assertTrue(verified.isEmpty());
    log.done = 7;
    work(Duration.ofMillis(100));
    assertBlocked("session_unknown");
  }

  @Test
  void theHoldEndsAtItsLimitWhereKafkaDoesNotSayHowFarItIsRead() {
    log.failure = new TimeoutException("no leader");
    send(message("a", 1, 1, START));
    work(Duration.ofSeconds(59));
    assertTrue(verified.isEmpty());
    work(Duration.ofMillis(1100));
    assertBlocked("session_unknown");
  }

  @Test
  void eachMessageWaitsItsOwnHold() {
    send(message("a", 1, 1, START));
    work(Duration.ofSeconds(1));
    send(message("a", 2, 2, START));
    work(Duration.ofMillis(1100));
    assertBlocked("session_unknown");
    assertTrue(verified.isEmpty());
    tell(opened("a", 2, START));
    assertPassed();
  }

  @Test
  void theOriginHasNoSession() {
    InspectedMessage alert = message("a", 77, 1, START);
    alert.setSource(MessageSource.ORIGIN);
    send(message("a", 5, 1, START));
    send(alert);
    assertEquals(77, verified.readValue().getEpoch());
    assertTrue(verified.isEmpty(), "the device's own message still waits");
  }

  @Test
  void willIsCheckedAgainstThePermissionsOnly() {
    tell(opened("a", 1, START));
    tell(opened("a", 2, START.plusSeconds(1)));
    InspectedMessage will = message("a", 1, 1, START.plusSeconds(1000));
    will.setSource(MessageSource.WILL);
    send(will);
    assertPassed();
    will.setTopic("clients/b/data");
    send(will);
    assertBlocked("topic_not_permitted");
  }

  @Test
  void grantThatCannotBeUnderstoodQuarantines() {
    tell(event("a", 1, START, open(List.of(allow("clients/#/a")))));
    send(message("a", 1, 1, START));
    Finding finding = verified.readValue().getFindings().getLast();
    assertEquals("inspection_failed", finding.getRuleId());
    assertEquals(Action.QUARANTINE, finding.getAction());
  }

  @Test
  void endedSessionIsForgottenAfterItsRetentionAndAnOpenOneNever() {
    tell(opened("open", 1, START));
    tell(opened("closed", 2, START));
    tell(closed("closed", 2, START.plusSeconds(1)));
    tell(opened("taken", 3, START));
    tell(opened("taken", 4, START.plusSeconds(1)));
    driver.advanceWallClockTime(Duration.ofHours(23));
    assertEquals(0, forgotten());
    driver.advanceWallClockTime(Duration.ofHours(2));
    assertEquals(2, forgotten());
    send(message("open", 1, 1, START.plusSeconds(90_000)));
    assertPassed();
    send(message("taken", 4, 1, START.plusSeconds(90_000)));
    assertPassed();
    send(message("closed", 2, 1, START));
    work(Duration.ofMillis(2100));
    assertBlocked("session_unknown");
  }

  @Test
  void sessionWhoseWillMayStillFireIsRememberedLonger() {
    SessionOpen open = open(ownTree("a"));
    open.setSessionExpirySeconds(100_000);
    open.setWill(
        new Will(
            "clients/a/gone",
            ByteBuffer.allocate(0),
            1,
            false,
            50_000L,
            MessageProperties.newBuilder().build()));
    tell(event("a", 1, START, open));
    tell(closed("a", 1, START));
    driver.advanceWallClockTime(Duration.ofHours(25));
    assertEquals(0, forgotten());
    driver.advanceWallClockTime(Duration.ofHours(14));
    assertEquals(1, forgotten());
  }

  @Test
  void theSweepGoesThroughAllSessionsInTurn() {
    for (int i = 0; i < 700; i++) {
      tell(opened("a" + i, 1, START));
      tell(opened("z" + i, 1, START));
      tell(closed("z" + i, 1, START));
    }
    driver.advanceWallClockTime(Duration.ofHours(25));
    assertEquals(0, forgotten(), "those that are open come first");
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    assertEquals(300, forgotten());
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    assertEquals(700, forgotten());
  }

  @Test
  void sessionReplayedAfterItWasForgottenDoesNotTakeOver() {
    SessionTable table = table();
    table.opened(opened("a", 2, START), open(ownTree("a")), 50);
    table.opened(opened("a", 1, START.minusSeconds(60)), open(ownTree("a")), 40);
    assertNull(table.find("a", 2).getSupersededAt());
    assertEquals(START, table.find("a", 1).getSupersededAt());
  }

  @Test
  void offsetsThatBeganAnewDoNotHoldANewSessionBack() {
    SessionTable table = table();
    table.opened(opened("a", 1, START), open(ownTree("a")), 50);
    table.opened(opened("a", 2, START.plusSeconds(60)), open(ownTree("a")), 0);
    assertNull(table.find("a", 2).getSupersededAt());
    assertEquals(START.plusSeconds(60), table.find("a", 1).getSupersededAt());
  }

  private SessionTable table() {
    return new SessionTable(
        driver.getKeyValueStore(VerifyProcessor.SESSIONS), Samples.CONFIG.retention());
  }

  /** Lets the task work for a while: its punctuators run in steps. */
  private void work(Duration time) {
    for (long ms = 0; ms < time.toMillis(); ms += 100) {
      driver.advanceWallClockTime(Duration.ofMillis(100));
    }
  }

  private void tell(SessionEvent event) {
    sessions.pipeInput(event.getClientId(), event);
  }

  private void send(InspectedMessage message) {
    messages.pipeInput(message.getClientId(), message);
  }

  private void assertPassed() {
    assertEquals(List.of(), verified.readValue().getFindings());
  }

  private void assertBlocked(String rule) {
    List<Finding> findings = verified.readValue().getFindings();
    assertEquals(List.of(rule), findings.stream().map(Finding::getRuleId).toList());
    assertEquals(Action.BLOCK, findings.getFirst().getAction());
    assertEquals("auth-verifier", findings.getFirst().getStage());
  }

  private List<Long> passedSequences() {
    List<InspectedMessage> passed = verified.readValuesToList();
    assertTrue(passed.stream().allMatch(m -> m.getFindings().isEmpty()));
    return passed.stream().map(InspectedMessage::getSequence).toList();
  }

  private double heldGauge() {
    return meters.get("sentinel.auth.held").gauge().value();
  }

  private double forgotten() {
    return meters.get("sentinel.auth.sessions.forgotten").counter().count();
  }
}
