package io.mqttsentinel.aggregator;

import static io.mqttsentinel.aggregator.Messages.audit;
import static io.mqttsentinel.aggregator.Messages.edgeEvent;
import static io.mqttsentinel.aggregator.Messages.finding;
import static io.mqttsentinel.aggregator.Messages.message;
import static io.mqttsentinel.aggregator.Messages.shadow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventAggregatorTopologyTest {

  private static final Instant NOW = Messages.ACCEPTED.plusMillis(12);

  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final VerdictCounts counts = new VerdictCounts();
  private TopologyTestDriver driver;
  private TestInputTopic<String, InspectedMessage> inspected;
  private TestInputTopic<String, AuthAudit> audits;
  private TestInputTopic<String, EdgeEvent> edges;
  private TestOutputTopic<String, InspectedMessage> cleared;
  private TestOutputTopic<String, InspectedMessage> quarantined;
  private TestOutputTopic<String, SecurityEvent> events;

  @BeforeEach
  void start() {
    start(Envelope::strongest);
  }

  private void start(Function<List<Finding>, Action> rule) {
    close();
    driver =
        new TopologyTestDriver(
            EventAggregatorTopology.build(
                Configs.with(),
                new Judge(rule, true),
                serdes,
                Clock.fixed(NOW, ZoneOffset.UTC),
                new AggregatorMetrics(new ServiceMetrics(meters)),
                counts),
            new Properties(),
            NOW);
    inspected = input(Topics.INSPECTED_AUTH);
    audits = input(Topics.AUDIT_AUTH);
    edges = input(Topics.EDGE_EVENTS);
    cleared = output(Topics.MESSAGES_CLEARED);
    quarantined = output(Topics.MESSAGES_QUARANTINED);
    events = output(Topics.SECURITY_EVENTS);
  }

  @AfterEach
  void close() {
    if (driver != null) {
      driver.close();
    }
  }

  @Test
  void plainMessageIsClearedUnderItsTopicWithoutEvent() {
    inspected.pipeInput("dev-1", message("dev-1", 1));
    KeyValue<String, InspectedMessage> out = cleared.readKeyValue();
    assertEquals("clients/dev-1/up", out.key);
    assertEquals(Action.ALLOW, out.value.getVerdict().getAction());
    assertEquals(NOW, out.value.getVerdict().getDecidedAt());
    assertNull(out.value.getVerdict().getEventId());
    assertEquals("event-aggregator", out.value.getStamps().getLast().getStage());
    assertTrue(events.isEmpty());
    assertTrue(quarantined.isEmpty());
  }

  @Test
  void allowingFindingIsStillPlain() {
    inspected.pipeInput(
        "dev-1", message("dev-1", 1, finding("valid", Action.ALLOW, Severity.INFORMATIONAL)));
    assertEquals(Action.ALLOW, cleared.readValue().getVerdict().getAction());
    assertTrue(events.isEmpty());
  }

  @Test
  void flaggedMessageIsClearedAndReported() {
    inspected.pipeInput("dev-1", message("dev-1", 1, finding("odd", Action.FLAG, Severity.MEDIUM)));
    InspectedMessage out = cleared.readValue();
    KeyValue<String, SecurityEvent> event = events.readKeyValue();
    assertEquals("dev-1", event.key);
    assertEquals(Action.FLAG, event.value.getAction());
    assertEquals(event.value.getEventId(), out.getVerdict().getEventId());
  }

  @Test
  void quarantinedMessageWaitsUnderItsPublisher() {
    inspected.pipeInput(
        "dev-1", message("dev-1", 1, finding("size", Action.QUARANTINE, Severity.MEDIUM)));
    KeyValue<String, InspectedMessage> out = quarantined.readKeyValue();
    assertEquals("dev-1", out.key);
    assertEquals(Action.QUARANTINE, out.value.getVerdict().getAction());
    assertTrue(cleared.isEmpty());
    assertEquals("size", events.readValue().getType());
  }

  @Test
  void blockedMessageEndsHereAndTheStrongestFindingExplainsIt() {
    inspected.pipeInput(
        "dev-1",
        message(
            "dev-1",
            1,
            "' OR 1=1 --",
            finding("odd", Action.FLAG, Severity.CRITICAL),
            finding("sql_injection", Action.BLOCK, Severity.HIGH),
            shadow("trial", Action.BLOCK, Severity.CRITICAL)));
    assertTrue(cleared.isEmpty());
    assertTrue(quarantined.isEmpty());
    SecurityEvent event = events.readValue();
    assertEquals("sql_injection", event.getType());
    assertEquals("Title of sql_injection", event.getTitle());
    assertEquals(SecurityLayer.SIGNATURE, event.getLayer());
    assertEquals(Severity.CRITICAL, event.getSeverity());
    assertEquals(3, event.getFindings().size());
    assertEquals("' OR 1=1 --", event.getPayloadExcerpt());
    assertEquals(11, event.getPayloadSize());
    assertEquals(64, event.getPayloadSha256().length());
    assertEquals(Messages.ACCEPTED, event.getAcceptedAt());
  }

  @Test
  void ruleOnTrialIsReportedButChangesNothing() {
    inspected.pipeInput("dev-1", message("dev-1", 1, shadow("trial", Action.BLOCK, Severity.HIGH)));
    assertEquals(Action.ALLOW, cleared.readValue().getVerdict().getAction());
    SecurityEvent event = events.readValue();
    assertEquals(Action.ALLOW, event.getAction());
    assertEquals(Severity.INFORMATIONAL, event.getSeverity());
    assertEquals("block", event.getAttributes().get("would_be"));
  }

  @Test
  void messageProcessedAgainHasTheSameEventId() {
    Finding finding = finding("odd", Action.FLAG, Severity.MEDIUM);
    inspected.pipeInput("dev-1", message("dev-1", 1, finding));
    inspected.pipeInput("dev-1", message("dev-1", 1, finding));
    inspected.pipeInput("dev-1", message("dev-1", 2, finding));
    String first = events.readValue().getEventId();
    assertEquals(first, events.readValue().getEventId());
    assertNotEquals(first, events.readValue().getEventId());
  }

  @Test
  void messageThatCannotBeJudgedIsQuarantined() {
    start(
        findings -> {
          throw new IllegalStateException("broken rule");
        });
    inspected.pipeInput("dev-1", message("dev-1", 1));
    assertTrue(cleared.isEmpty());
    InspectedMessage out = quarantined.readValue();
    assertEquals("inspection_failed", out.getFindings().getLast().getRuleId());
    assertEquals(Action.QUARANTINE, out.getVerdict().getAction());
    SecurityEvent event = events.readValue();
    assertEquals("inspection_failed", event.getType());
    assertEquals(Severity.HIGH, event.getSeverity());
    assertEquals(1, meters.counter("sentinel.verdict.failures").count());
  }

  @Test
  void verdictsAreCountedWithTheirLatency() {
    inspected.pipeInput("dev-1", message("dev-1", 1));
    inspected.pipeInput("dev-1", message("dev-1", 2, finding("x", Action.BLOCK, Severity.HIGH)));
    assertEquals(1, counts.takeVerdicts().get(Action.BLOCK));
    assertEquals(0, counts.takeVerdicts().get(Action.BLOCK));
    assertEquals(2, counts.takeLatency().getTotalCount());
    assertEquals(1, meters.get("sentinel.verdicts").tag("action", "allow").counter().count());
  }

  @Test
  void refusalsOfTheEdgesBecomeEventsByLayer() {
    audits.pipeInput(
        "dev-1", audit(AuditActivity.CONNECT, AuditOutcome.FAILURE, "dev-1", "10.0.0.8:1"));
    audits.pipeInput(
        "dev-1", audit(AuditActivity.PUBLISH, AuditOutcome.FAILURE, "dev-1", "10.0.0.8:1"));
    audits.pipeInput(
        "dev-1", audit(AuditActivity.CONNECT, AuditOutcome.SUCCESS, "dev-1", "10.0.0.8:1"));
    edges.pipeInput("edge-0", edgeEvent(EdgeEventType.HEARTBEAT, null, ""));
    edges.pipeInput("edge-0", edgeEvent(EdgeEventType.PROTOCOL_VIOLATION, "dev-2", "bad topic"));
    edges.pipeInput("edge-0", edgeEvent(EdgeEventType.RATE_LIMITED, "dev-2", ""));
    edges.pipeInput("edge-0", edgeEvent(EdgeEventType.CONNECTION_REFUSED, null, ""));
    List<KeyValue<String, SecurityEvent>> all = events.readKeyValuesToList();
    assertEquals(
        List.of(
            SecurityLayer.AUTHENTICATION,
            SecurityLayer.AUTHORIZATION,
            SecurityLayer.PROTOCOL,
            SecurityLayer.RATE_LIMIT,
            SecurityLayer.PROTOCOL),
        all.stream().map(e -> e.value.getLayer()).toList());
    assertEquals("Connection refused: bad credentials", all.get(0).value.getTitle());
    assertEquals("bad_credentials", all.get(0).value.getType());
    assertEquals("clients/other/alerts", all.get(1).value.getTopic());
    assertEquals("Protocol violation: bad topic", all.get(2).value.getTitle());
    assertEquals("10.0.0.9", all.get(4).key, "no client: the key is the address");
  }

  @Test
  void floodOfTheSameRefusalIsOneEventAndOneCount() {
    for (int i = 0; i < 500; i++) {
      audits.pipeInput(
          "dev-1",
          audit(AuditActivity.CONNECT, AuditOutcome.FAILURE, "dev-1", "10.0.0.8:" + (2000 + i)));
    }
    assertEquals(1, events.readValuesToList().size());
    driver.advanceWallClockTime(Duration.ofSeconds(59));
    assertTrue(events.isEmpty(), "the window has not ended");
    driver.advanceWallClockTime(Duration.ofSeconds(2));
    SecurityEvent repeats = events.readValue();
    assertEquals("499", repeats.getAttributes().get("repeats"));
    assertEquals(Severity.HIGH, repeats.getSeverity(), "one step above the single refusal");
    assertEquals("dev-1", repeats.getClientId());
    driver.advanceWallClockTime(Duration.ofSeconds(61));
    assertTrue(events.isEmpty());
    assertEquals(499, meters.counter("sentinel.security.event.repeats").count());
  }

  private <V extends SpecificRecord> TestInputTopic<String, V> input(Topic<String, V> topic) {
    return driver.createInputTopic(
        topic.name(), topic.keySerde().serializer(), serdes.value(topic).serializer());
  }

  private <V extends SpecificRecord> TestOutputTopic<String, V> output(Topic<String, V> topic) {
    return driver.createOutputTopic(
        topic.name(), topic.keySerde().deserializer(), serdes.value(topic).deserializer());
  }
}
