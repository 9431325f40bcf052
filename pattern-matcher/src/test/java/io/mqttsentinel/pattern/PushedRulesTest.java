package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rules that are pushed while messages flow, what they count, and whose messages they hit. */
final class PushedRulesTest {

  private static final String DELIVERED =
      "version: '1'\nthreat_patterns: [{name: old, pattern: evil, action: flag}]";
  private static final String PUSHED =
      """
      version: '2'
      threat_patterns:
        - {name: new, pattern: 'evil', action: block}
        - {name: trial, pattern: 'evil', action: block, mode: shadow}
      """;
  private static final String TENANTS =
      """
      version: '3'
      threat_patterns:
        - {name: of_acme, pattern: 'evil', action: block, scope: {tenants: [acme]}}
        - {name: of_both, pattern: 'evil', action: flag, scope: {tenants: [acme, initech]}}
      """;

  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final RuleMetrics metrics = new RuleMetrics(meters);
  private final ActiveRules rules =
      ActiveRules.load(new FixedRules(DELIVERED), EngineChoice.AUTO, DecodeLimits.DEFAULT, metrics);
  private final TopologyTestDriver driver = driver();
  private final TestInputTopic<String, InspectedMessage> inbound =
      driver.createInputTopic(
          Topics.MQTT_INBOUND.name(),
          new StringSerializer(),
          serdes.value(Topics.MQTT_INBOUND).serializer());
  private final TestOutputTopic<String, InspectedMessage> inspected =
      driver.createOutputTopic(
          Topics.INSPECTED_PATTERN.name(),
          new StringDeserializer(),
          serdes.value(Topics.INSPECTED_PATTERN).deserializer());

  private TopologyTestDriver driver() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "pushed-rules-test");
    return new TopologyTestDriver(
        PatternMatcherTopology.build(
            serdes,
            rules,
            List.of(),
            DecodeLimits.DEFAULT,
            new ServiceMetrics(meters).stage("pattern-matcher"),
            metrics,
            Clock.systemUTC()),
        properties);
  }

  @AfterEach
  void stop() {
    driver.close();
    rules.close();
  }

  @Test
  void takeEffectFromOneMessageToTheNext() {
    assertEquals(List.of("old"), hits("evil"));
    rules.push(Map.of("pushed.yaml", PUSHED));
    assertEquals(List.of("new", "old", "trial"), hits("evil"));
    rules.push(Map.of("rules.yaml", PUSHED)); // in place of the file of the same name
    assertEquals(List.of("new", "trial"), hits("evil"));
    rules.push(Map.of());
    assertEquals(List.of("old"), hits("evil"));
  }

  @Test
  void anErrorKeepsTheOldSetAndIsReported() {
    rules.push(Map.of("pushed.yaml", PUSHED));
    rules.push(
        Map.of("pushed.yaml", "threat_patterns: [{name: broken, pattern: 'ev(', action: x}]"));
    assertEquals(List.of("new", "old", "trial"), hits("evil"));
    assertTrue(rules.refusal().contains("pushed.yaml: rule broken"), rules.refusal());
    assertEquals(1, meters.get("sentinel.pattern.rules.stale").gauge().value());
    assertEquals(1, counter("sentinel.pattern.reloads", "result", "refused"));
    rules.push(Map.of());
    assertEquals(List.of("old"), hits("evil"));
    assertEquals("", rules.refusal());
    assertEquals(0, meters.get("sentinel.pattern.rules.stale").gauge().value());
  }

  @Test
  void hitTheMessagesOfTheirTenantsOnly() {
    rules.push(Map.of("rules.yaml", TENANTS));
    assertEquals(List.of("of_acme", "of_both"), hitsOf("acme", "evil"));
    assertEquals(List.of("of_both"), hitsOf("initech", "evil"));
    assertEquals(List.of(), hitsOf("hooli", "evil"));
    assertEquals(List.of(), hits("evil"));
  }

  @Test
  void everyRuleHasHitsShadowHitsAndCost() {
    rules.push(Map.of("rules.yaml", PUSHED));
    hits("evil");
    hits("evil");
    assertEquals(2, counter("sentinel.pattern.hits", "rule", "new", "mode", "enforce"));
    assertEquals(2, counter("sentinel.pattern.hits", "rule", "trial", "mode", "shadow"));
    for (String rule : List.of("new", "trial")) {
      Timer cost = meters.get("sentinel.pattern.hit.seconds").tag("rule", rule).timer();
      assertEquals(2, cost.count(), rule);
      assertTrue(cost.totalTime(TimeUnit.NANOSECONDS) > 0, rule);
    }
  }

  /** What comes from outside is never the value of a tag: only rules and their keys are. */
  @Test
  void messagesMakeNoMetersOfTheirOwn() {
    hits("evil");
    hits("good");
    List<Meter.Id> before = meters.getMeters().stream().map(Meter::getId).toList();
    for (int i = 0; i < 20; i++) {
      InspectedMessage message = Messages.of("clients/dev-" + i + "/data", "evil " + i);
      message.setClientId("dev-" + i);
      message.setAttributes(Map.of("tenant", "tenant-" + i));
      findings(message);
    }
    assertEquals(before, meters.getMeters().stream().map(Meter::getId).toList());
  }

  @Test
  void everyFindingNamesTheVersionOfItsRules() {
    rules.push(Map.of("rules.yaml", PUSHED));
    String payload = "{\"a\":\"evil\",\"b\":\"1' or '1'='1\",\"c\":\"<script>alert(1)</script>\"}";
    List<Finding> findings = findings(Messages.of("a", payload));
    assertEquals(
        List.of("markup_active", "new", "sql_syntax", "trial"),
        findings.stream().map(Finding::getRuleId).sorted().toList());
    String version = rules.current().version();
    assertTrue(version.startsWith("2+"), version);
    for (Finding finding : findings) {
      assertEquals(version, finding.getRuleVersion(), finding.getRuleId());
    }
  }

  private double counter(String name, String... tags) {
    return meters.get(name).tags(tags).counters().stream().mapToDouble(Counter::count).sum();
  }

  private List<String> hitsOf(String tenant, String payload) {
    InspectedMessage message = Messages.of("clients/dev-1/data", payload);
    message.setAttributes(Map.of("tenant", tenant));
    return findings(message).stream().map(Finding::getRuleId).sorted().toList();
  }

  private List<String> hits(String payload) {
    InspectedMessage message = Messages.of("clients/dev-1/data", payload);
    return findings(message).stream().map(Finding::getRuleId).sorted().toList();
  }

  private List<Finding> findings(InspectedMessage message) {
    inbound.pipeInput("dev-1", message);
    return inspected.readValue().getFindings();
  }
}
