package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An exception of a shipped rule must not become a word that lets an attack through. */
final class ShippedExceptionsTest {

  private final PatternInspector inspector = ShippedRules.inspector();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x test || 1==1",
        "x'] || '1'=='1",
        "x?u=$(whoami)",
        "note echo a$(id)",
        "say x'; reboot; '",
        "1;ifconfig;1;1;1",
        "1>0 or 2>1",
        "javascript:1,alert(1)",
        "mode=alert;mode(1)",
        "#parse(\"x.vm\") #*",
        "x \"><img id=a> <?xml ?>",
        "url=http://127.0.0.1:8080",
        "GET x%0d%0aSet-Cookie: a=b",
        "<a xsi:schemaLocation=\"x http://e.example/a.xsd www.w3.org\">",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /admin HTTP/1.1\r\n\r\n",
      })
  void excusesNoAttack(String payload) {
    assertFalse(findings(payload).isEmpty(), payload);
  }

  @Test
  void blocksASubstitutionBehindAWord() {
    assertEquals(
        Action.BLOCK,
        findings("note echo a$(id)").stream()
            .map(Finding::getAction)
            .max(Action::compareTo)
            .orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[ \"$a\" = \"b\" ] || \"$c\"",
        "|Type|Designed in|Viewed in|Stored in|",
        "{\"preset_mode|sleep\": 3, \"preset_mode|auto\": 5}",
        "![play](../images/play-audio.png)",
        "{\"m\":\"bad ts...\\n\"}",
        "cleanup function ([#3610](https://example.com/3610))",
        "get(String key, Supplier<Object> other)",
        "set address 10.0.0.1/31\n#\nset area 0\n#",
        "<log id='c6'>\n<unit>C</unit>\n<time>10:00</time>\n<period start=\"2025-10-11T13:00\">\n"
            + "<measurement date=\"2025-10-11T13:00\">21</measurement></period></log>",
      })
  void leavesAlone(String payload) {
    assertEquals(List.of(), findings(payload).stream().map(Finding::getRuleId).toList());
  }

  @Test
  void whatARuleExceptsCoversNoAttackBehindIt() {
    String between = "\n" + new String(LongPayloads.log(5_000), UTF_8);
    int tried = 0;
    for (Rule rule : ShippedRules.loaded().threats().rules()) {
      if (rule.notMatch() == null || rule.action().compareTo(Action.FLAG) <= 0) {
        continue;
      }
      for (String decoy : rule.notMatching()) {
        boolean excepted = rule.pattern().find(decoy.getBytes(UTF_8), decoy.length()).exists();
        for (String attack : excepted ? rule.matching() : List.<String>of()) {
          Action alone = action(between + attack, rule);
          Map<String, Action> covered = LongPayloads.actions(findings(decoy + between + attack));
          boolean blocked = covered.containsValue(Action.BLOCK); // then no rule looks on
          assertTrue(
              blocked || covered.getOrDefault(rule.id(), Action.ALLOW).compareTo(alone) >= 0,
              () -> "%s: %s in front of %s: %s".formatted(rule.name(), decoy, attack, covered));
          tried++;
        }
      }
    }
    assertTrue(tried > 50, "only " + tried);
  }

  private Action action(String payload, Rule rule) {
    return LongPayloads.actions(findings(payload)).getOrDefault(rule.id(), Action.ALLOW);
  }

  private List<Finding> findings(String payload) {
    return inspector.inspect(Messages.of("clients/dev-1/data", payload));
  }
}
