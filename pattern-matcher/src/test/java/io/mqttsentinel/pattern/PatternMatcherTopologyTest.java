package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.TopicFilter;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PatternMatcherTopologyTest {

  private static final Instant NOW = Messages.ACCEPTED.plusMillis(5);
  private static final String RULES =
      """
      version: "7"
      alert_validation:
        - {name: json_only, pattern: '^\\{', action: allow}
        - {name: odd_alert, pattern: '', action: flag, severity: low}
      threat_patterns:
        - {name: attack, pattern: 'evil', action: block, severity: high, tags: [CWE-1]}
        - {name: trial, pattern: 'new thing', action: block, mode: shadow}
        - {name: plant_only, pattern: 'valve', action: flag, scope: {topics: 'plant/#'}}
        - {name: topic_only, pattern: 'secret', action: flag, scope: {field: topic}}
      """;

  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private MeterRegistry meters;
  private TopologyTestDriver driver;
  private TestInputTopic<String, InspectedMessage> inbound;
  private TestOutputTopic<String, InspectedMessage> inspected;

  @BeforeEach
  void start() {
    start(DecodeLimits.DEFAULT);
  }

  private void start(DecodeLimits limits) {
    meters = new SimpleMeterRegistry();
    RuleMetrics ruleMetrics = new RuleMetrics(meters);
    ActiveRules rules =
        ActiveRules.load(
            new FixedRules(RULES), EngineChoice.AUTO, DecodeLimits.DEFAULT, ruleMetrics);
    Topology topology =
        PatternMatcherTopology.build(
            serdes,
            rules,
            List.of(TopicFilter.of("clients/+/alerts")),
            limits,
            new ServiceMetrics(meters).stage("pattern-matcher"),
            ruleMetrics,
            Clock.fixed(NOW, ZoneOffset.UTC));
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "pattern-matcher-test");
    driver = new TopologyTestDriver(topology, properties);
    inbound =
        driver.createInputTopic(
            Topics.MQTT_INBOUND.name(),
            new StringSerializer(),
            serdes.value(Topics.MQTT_INBOUND).serializer());
    inspected =
        driver.createOutputTopic(
            Topics.INSPECTED_PATTERN.name(),
            new StringDeserializer(),
            serdes.value(Topics.INSPECTED_PATTERN).deserializer());
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void handsOnEveryMessageWithKeyAndOrder() {
    for (int i = 0; i < 5; i++) {
      inbound.pipeInput("dev-" + i % 2, Messages.of("clients/dev-1/data", "m" + i));
    }
    List<KeyValue<String, InspectedMessage>> out = inspected.readKeyValuesToList();
    assertEquals(
        List.of("dev-0 m0", "dev-1 m1", "dev-0 m2", "dev-1 m3", "dev-0 m4"),
        out.stream().map(kv -> kv.key + " " + text(kv.value)).toList());
    InspectedMessage first = out.getFirst().value;
    assertEquals(List.of(), first.getFindings());
    assertEquals("pattern-matcher", first.getStamps().getFirst().getStage());
    assertEquals(NOW, first.getStamps().getFirst().getAt());
  }

  @Test
  void appendsAFindingWithAllThatAnAnalystNeeds() {
    Finding finding = only("clients/dev-1/data", "some evil text");
    assertEquals("attack", finding.getRuleId());
    assertTrue(finding.getRuleVersion().startsWith("7+"), finding.getRuleVersion());
    assertEquals("pattern-matcher", finding.getStage());
    assertEquals(AnalyticType.RULE, finding.getAnalyticType());
    assertEquals(Severity.HIGH, finding.getSeverity());
    assertEquals(Action.BLOCK, finding.getAction());
    assertFalse(finding.getShadow());
    assertEquals(List.of("CWE-1"), finding.getTags());
    assertEquals(5, finding.getEvidence().getFirst().getOffset());
    assertEquals(4, finding.getEvidence().getFirst().getLength());
    assertTrue(finding.getElapsedNanos() > 0);
  }

  @Test
  void keepsTheFindingsThatWereThere() {
    InspectedMessage message = Messages.of("clients/dev-1/data", "evil");
    inbound.pipeInput("dev-1", message);
    InspectedMessage once = inspected.readValue();
    inbound.pipeInput("dev-1", once);
    assertEquals(2, inspected.readValue().getFindings().size());
  }

  @Test
  void aShadowRuleReportsButDoesNotCount() {
    Finding finding = only("clients/dev-1/data", "a new thing");
    assertTrue(finding.getShadow());
    assertEquals(1, messages("allow"));
    assertEquals(
        1,
        meters
            .get("sentinel.pattern.hits")
            .tags("rule", "trial", "mode", "shadow")
            .counter()
            .count());
  }

  @Test
  void honoursTheScope() {
    assertEquals("plant_only", only("plant/7", "open valve").getRuleId());
    assertEquals(List.of(), findings("clients/dev-1/data", "open valve"));
    assertEquals("topic_only", only("a/secret", "x").getRuleId());
    assertEquals(List.of(), findings("a/b", "secret"));
  }

  @Test
  void alertsTakeTheFirstRuleThatFits() {
    assertEquals(List.of(), findings("clients/dev-1/alerts", "{}"));
    assertEquals("odd_alert", only("clients/dev-1/alerts", "fire").getRuleId());
    assertEquals(List.of(), findings("clients/dev-1/data", "fire"));
  }

  @Test
  void aFailedInspectionSendsToQuarantineAndTheStreamGoesOn() {
    InspectedMessage broken = Messages.of("clients/dev-1/data", "x");
    driver.close();
    start(new DecodeLimits(5, 5, -1)); // no view can be made of an encoded text
    inbound.pipeInput("dev-1", Messages.of("clients/dev-1/data", "%27evil"));
    inbound.pipeInput("dev-1", broken);
    Finding finding = inspected.readValue().getFindings().getFirst();
    assertEquals("inspection_failed", finding.getRuleId());
    assertEquals(Action.QUARANTINE, finding.getAction());
    assertEquals(Severity.HIGH, finding.getSeverity());
    assertEquals(List.of(), inspected.readValue().getFindings());
    assertEquals(1, meters.get("sentinel.pattern.failures").counter().count());
    assertEquals(1, messages("quarantine"));
  }

  @Test
  void encodingsBeyondTheLimitsAreAFinding() {
    driver.close();
    start(new DecodeLimits(1, 5, 1000));
    Finding finding = only("clients/dev-1/data", "%252527x");
    assertEquals("inspection_truncated", finding.getRuleId());
    assertEquals(Action.FLAG, finding.getAction());
    assertEquals("payload: depth", finding.getAttributes().get("limit"));
  }

  @Test
  void countsMessagesAndNamesTheEngine() {
    findings("clients/dev-1/data", "evil");
    findings("clients/dev-1/data", "good");
    assertEquals(1, messages("block"));
    assertEquals(1, messages("allow"));
    assertEquals(6, meters.get("sentinel.pattern.rules").gauge().value());
    assertEquals(
        1,
        meters
            .get("sentinel.pattern.hits")
            .tags("rule", "attack", "action", "block")
            .counter()
            .count());
    assertEquals(
        1,
        meters.get("sentinel.pattern.engine").gauges().stream().mapToDouble(g -> g.value()).sum());
  }

  private double messages(String action) {
    return meters.get("sentinel.stage.messages").tag("action", action).counter().count();
  }

  private Finding only(String topic, String payload) {
    List<Finding> findings = findings(topic, payload);
    assertEquals(1, findings.size(), findings.toString());
    return findings.getFirst();
  }

  private List<Finding> findings(String topic, String payload) {
    inbound.pipeInput("dev-1", Messages.of(topic, payload));
    return inspected.readValue().getFindings();
  }

  private static String text(InspectedMessage message) {
    return java.nio.charset.StandardCharsets.UTF_8
        .decode(message.getPayload().duplicate())
        .toString();
  }
}
