package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.TopicFilter;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RuleFileTest {

  private static final String EXAMPLE =
      """
      alert_validation:
        - name: valid_alert_payload
          pattern: "^ALERT$"
          action: allow
        - name: suspicious_payload
          pattern: ".*"
          action: flag
          severity: medium
      threat_patterns:
        - name: sql_injection
          pattern: "('|\\")?\\\\s*(OR|AND)\\\\s+.*=.*"
          action: block
          severity: high
        - name: command_injection
          pattern: "[;&|`$]\\\\s*(cat|ls|rm|wget|curl)"
          action: block
          severity: critical
        - name: xss_attempt
          pattern: "<script[^>]*>"
          action: block
          severity: high
      """;

  @Test
  void theExampleLoadsAndWorksAsItIs() {
    RuleSet rules =
        RuleSet.load(Map.of("rules.yaml", EXAMPLE), EngineChoice.AUTO, DecodeLimits.DEFAULT);
    assertEquals(5, rules.size());
    assertEquals(List.of(), inspect(rules, "clients/dev-1/alerts", "ALERT"));
    assertEquals(List.of("suspicious_payload"), inspect(rules, "clients/dev-1/alerts", "ALERTS"));
    assertEquals(List.of("suspicious_payload"), inspect(rules, "clients/dev-1/alerts", ""));
    assertEquals(List.of(), inspect(rules, "clients/dev-1/data", "ALERTS"));
    assertEquals(List.of("sql_injection"), inspect(rules, "clients/dev-1/data", "' or 1=1 --"));
    assertEquals(List.of("command_injection"), inspect(rules, "clients/dev-1/data", "; cat x"));
    assertEquals(List.of("xss_attempt"), inspect(rules, "clients/dev-1/data", "<SCRIPT src=x>"));
    assertEquals(
        List.of("xss_attempt", "suspicious_payload"),
        inspect(rules, "clients/dev-1/alerts", "<script>"));
  }

  @Test
  void readsEveryKey() {
    Rule rule =
        only(
            """
            version: 3
            threat_patterns:
              - id: acme.valve
                name: valve order
                version: 2
                description: Someone opens the valve
                pattern: 'open\\s+valve'
                not_match: 'valve \\(dry run'
                not_match_in: text
                flags: i
                action: quarantine
                severity: critical
                mode: shadow
                enabled: false
                tags: [CWE-20, T0855]
                confirm: sql
                force: true
                decode: [json, url]
                threshold: {count: 5, window: 1m, by: address}
                scope:
                  topics: [plant/+/orders, 'site/#']
                  tenants: [acme, north]
                  field: [payload, topic, 'json:$.order[*].text']
                  content: [text, json]
                tests:
                  match: [OPEN  VALVE]
                  no_match: open valve (dry run)
            """);
    assertEquals("acme.valve", rule.id());
    assertEquals("valve order", rule.name());
    assertEquals("2", rule.version());
    assertEquals("Someone opens the valve", rule.title());
    assertEquals(Action.QUARANTINE, rule.action());
    assertEquals(Severity.CRITICAL, rule.severity());
    assertTrue(rule.shadow());
    assertFalse(rule.enabled());
    assertEquals(List.of("CWE-20", "T0855"), rule.tags());
    assertEquals(
        EnumSet.of(InspectedField.PAYLOAD, InspectedField.TOPIC, InspectedField.JSON),
        rule.fields());
    assertEquals(Confirmation.SQL, rule.confirmation());
    assertTrue(rule.forced());
    assertTrue(rule.decode().allows("json>url"));
    assertFalse(rule.decode().allows("json>base64"));
    assertEquals(
        new Threshold(5, java.time.Duration.ofMinutes(1), Threshold.By.ADDRESS), rule.threshold());
    assertEquals(Set.of("acme", "north"), rule.scope().tenants());
    assertEquals(EnumSet.of(ContentKind.TEXT, ContentKind.JSON), rule.scope().contents());
    assertTrue(
        rule.scope()
            .paths()
            .getFirst()
            .matches(List.of(JsonStep.name("order"), JsonStep.index(2), JsonStep.name("text"))));
    assertTrue(rule.appliesTo("plant/7/orders"));
    assertTrue(rule.appliesTo("site/a/b"));
    assertFalse(rule.appliesTo("plant/orders"));
    assertEquals(List.of("open valve (dry run)"), rule.notMatching());
    assertTrue(rule.exceptsAnywhere());
    RuleTests.alone(List.of(rule), DecodeLimits.DEFAULT).run("rules.yaml", 0);
  }

  @Test
  void hasDefaultsThatLookEverywhereAndIgnoreCase() {
    Rule rule = only("threat_patterns: [{name: a, pattern: 'x.y', action: block}]");
    assertEquals("a", rule.id());
    assertEquals(InspectedField.usual(), rule.fields());
    assertEquals(Severity.MEDIUM, rule.severity());
    assertTrue(rule.appliesTo("any/topic"));
    assertNull(rule.notMatch());
    assertFalse(rule.exceptsAnywhere());
    byte[] text = "X\nY".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertTrue(rule.pattern().find(text, text.length).exists());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        "threat_patterns: [ ¦ f.yaml: is not YAML",
        "a: 1 ¦ f.yaml: unknown key 'a', expected one of alert_validation, description",
        "just text ¦ f.yaml: it is 'just text', expected a mapping",
        "# nothing ¦ f.yaml: it is empty, expected a mapping",
        "threat_patterns: 5 ¦ f.yaml: threat_patterns is '5', expected a list",
        "threat_patterns: [5] ¦ f.yaml: rule threat_patterns[0]: it is '5', expected a mapping",
        "threat_patterns: [{pattern: a}] ¦ f.yaml: rule threat_patterns[0]: name is missing",
        "threat_patterns: [{name: n, action: block}] ¦ f.yaml: rule n: pattern is missing",
        "threat_patterns: [{name: n, pattern: a}] ¦ f.yaml: rule n: action is missing",
        "threat_patterns: [{name: n, pattern: a, action: kill}]"
            + " ¦ rule n: action is 'kill', expected one of flag, quarantine, block",
        "threat_patterns: [{name: n, pattern: a, action: allow}] ¦ rule n: action is 'allow'",
        "threat_patterns: [{name: n, pattern: a, action: flag, severity: bad}]"
            + " ¦ rule n: severity is 'bad', expected one of informational, low",
        "threat_patterns: [{name: n, pattern: a, action: flag, mode: off}]"
            + " ¦ rule n: mode is 'false', expected text",
        "threat_patterns: [{name: n, pattern: a, action: flag, enabled: maybe}]"
            + " ¦ rule n: enabled is 'maybe', expected true or false",
        "threat_patterns: [{name: n, pattern: a, action: flag, flags: x}]"
            + " ¦ rule n: flags is 'x', expected any of i (case) and s (dot)",
        "threat_patterns: [{name: n, pattern: '(a', action: flag}]"
            + " ¦ rule n: pattern is refused: at character 2: '(' without ')'",
        "threat_patterns: [{name: n, pattern: a, not_match: '[', action: flag}]"
            + " ¦ rule n: not_match is refused",
        "threat_patterns: [{name: n, pattern: a, not_match: '(?:b{999}){9}', action: flag}]"
            + " ¦ rule n: not_match makes 8991 elements, expected at most 5000",
        "threat_patterns: [{name: n, pattern: 'abc(?:b{999}){99}', action: flag}]"
            + " ¦ rule n: pattern makes 98904 elements, expected at most 50000",
        "threat_patterns: [{name: n, pattern: a, action: flag, scope: a}]"
            + " ¦ rule n: scope is 'a', expected a mapping of keys to values",
        "threat_patterns: [{name: n, pattern: a, action: flag, scope: {topics: 'a/#/b'}}]"
            + " ¦ rule n: scope.topics holds topic filter 'a/#/b' has a #",
        "threat_patterns: [{name: n, pattern: a, action: flag, scope: {field: body}}]"
            + " ¦ rule n: scope.field is 'body', expected any of payload, topic",
        "threat_patterns: [{name: n, pattern: a, action: flag, scope: {tenant: [a]}}] ¦ rule n:"
            + " unknown key 'scope.tenant', expected one of content, field, tenants, topics",
        "threat_patterns: [{name: n, pattern: a, action: flag, scope: {field: 'json:a'}}]"
            + " ¦ rule n: scope.field holds 'a' is no path, expected such as $.a.b",
        "threat_patterns: [{name: n, pattern: a, action: flag, scope: {content: xml}}]"
            + " ¦ rule n: scope.content is 'xml', expected any of text, json, binary",
        "threat_patterns: [{name: n, pattern: a, action: flag, decode: [rot13]}]"
            + " ¦ rule n: decode holds 'rot13', expected true, false or any of base64, csv",
        "threat_patterns: [{name: n, pattern: a, action: flag, confirm: perl}]"
            + " ¦ rule n: confirm is 'perl', expected one of none, sql, markup",
        "threat_patterns: [{name: n, pattern: a, action: flag, tests: {matches: a}}]"
            + " ¦ rule n: unknown key 'tests.matches'",
        "threat_patterns: [{name: n, pattern: a, action: flag, threshold: {}}]"
            + " ¦ rule n: threshold.count is missing",
        "threat_patterns: [{name: n, pattern: a, action: flag, threshold: {count: 0, window: 1s}}]"
            + " ¦ rule n: threshold.count is '0', expected a number from 1 to 1000",
        "threat_patterns: [{name: n, pattern: a, action: flag, threshold: {count: 5, window: 5}}]"
            + " ¦ rule n: threshold.window is '5', expected such as 30s, 5m or 1h, up to 24h",
        "threat_patterns: [{name: n, pattern: a, action: flag, threshold: {count: 5, window: 5s,"
            + " by: x}}] ¦ rule n: threshold.by is 'x', expected one of client, username, address,"
            + " topic",
        "harmless_fields: [{name: n, field: payload}]"
            + " ¦ rule n: field is 'payload', expected json:$.path",
        "alert_validation: [{name: n, pattern: a, action: flag, decode: true}]"
            + " ¦ rule n: decode is given, but alert_validation looks at the raw payload only",
        "threat_patterns: [{name: 'a b', pattern: a, action: flag}]"
            + " ¦ rule a b: name is 'a b', expected letters",
        "threat_patterns: [{name: n, name: m, pattern: a, action: flag}] ¦ is not YAML",
        "version: !!int x ¦ f.yaml: is not YAML",
        "alert_validation: [{name: n, pattern: a, action: allow, scope: {field: topic}}]"
            + " ¦ rule n: scope.field is given, but alert_validation looks at the payload only",
      })
  void refusesWithFileRuleAndReason(String yaml, String message) {
    RuleFileException refusal =
        assertThrows(RuleFileException.class, () -> RuleFile.parse("f.yaml", yaml));
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
  }

  @Test
  void saysAllThatIsWrongAtOnce() {
    RuleFileException refusal =
        assertThrows(
            RuleFileException.class,
            () ->
                RuleFile.parse(
                    "f.yaml",
                    """
                    alert_validation:
                      - {name: a, pattern: '(', action: allow}
                    threat_patterns:
                      - {name: b, pattern: abc, action: kill}
                      - {name: c, pattern: abc, action: flag}
                      - {name: d, action: flag}
                    harmless_fields: 7
                    """));
    assertEquals(
        List.of("f.yaml: rule a:", "f.yaml: rule b:", "f.yaml: rule d:", "f.yaml: harmless_fields"),
        refusal.problems().stream()
            .map(problem -> problem.replaceAll("(rule \\w+:|harmless_fields).*", "$1"))
            .toList());
  }

  @Test
  void refusesYamlThatMakesObjectsOrGrowsWithoutEnd() {
    assertThrows(
        RuleFileException.class,
        () -> RuleFile.parse("f.yaml", "threat_patterns: !!javax.script.ScriptEngineManager []"));
    assertThrows(
        RuleFileException.class,
        () ->
            RuleFile.parse(
                "f.yaml", "version: &a [x]\ndescription: [*a, *a]\nthreat_patterns: [*a]"));
  }

  private static Rule only(String yaml) {
    return RuleFile.parse("rules.yaml", yaml).threats().getFirst();
  }

  private static List<String> inspect(RuleSet rules, String topic, String payload) {
    return new PatternInspector(
            rules, List.of(TopicFilter.of("clients/+/alerts")), DecodeLimits.DEFAULT)
        .inspect(Messages.of(topic, payload)).stream()
            .map(Finding::getRuleId)
            // The tokenisers speak for themselves, with any rules.
            .filter(id -> !id.equals("sql_syntax") && !id.equals("markup_active"))
            .toList();
  }
}
