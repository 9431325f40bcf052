package io.mqttsentinel.pattern;

import static io.mqttsentinel.pattern.LongPayloads.ATTACK;
import static io.mqttsentinel.pattern.LongPayloads.SIZE;
import static io.mqttsentinel.pattern.LongPayloads.actions;
import static io.mqttsentinel.pattern.LongPayloads.inspect;
import static io.mqttsentinel.pattern.LongPayloads.log;
import static io.mqttsentinel.pattern.LongPayloads.names;
import static io.mqttsentinel.pattern.LongPayloads.slowThenStill;
import static io.mqttsentinel.pattern.LongPayloads.ticking;
import static io.mqttsentinel.pattern.LongPayloads.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What rules say of a payload that is looked at in parts. */
final class RulesInPartsTest {

  @Test
  void matchesOf256BytesAreNotLostAtBorders() {
    RuleSet wide =
        rules("threat_patterns:\n- {name: wide, pattern: 'begin!.{244}!ends', action: block}\n");
    String match = "begin!" + "x".repeat(244) + "!ends";
    for (int before = 1; before < match.length(); before += 15) {
      byte[] payload = new VariedLog(before).withAt(SIZE, match, 9 * BlockOrder.BLOCK - before);
      List<Finding> findings = inspect(wide, payload, slowThenStill());
      assertEquals(List.of("wide", PatternInspector.TRUNCATED), names(findings));
    }
  }

  @Test
  void anExceptionCountsWhereItsRuleMatchesAndThenOtherMatchesMayNotHaveBeenSeen() {
    RuleSet excepting =
        rules(
            """
            threat_patterns:
            - {name: plain, pattern: 'evil!1', action: block}
            - {name: excepting, pattern: 'evil!1', not_match: 'evil!1 justatest', action: block}
            """);
    byte[] apart = with(with(log(SIZE), "<evil!1>", 0.3), "evil! justatest", 0.3);
    Map<String, Action> blocked =
        Map.of(
            "plain",
            Action.BLOCK,
            "excepting",
            Action.BLOCK,
            PatternInspector.TRUNCATED,
            Action.FLAG);
    assertEquals(blocked, actions(inspect(excepting, apart, ticking())));
    byte[] together = with(log(SIZE), "<evil!1 justatest>", 0.3);
    Map<String, Action> doubted =
        Map.of(
            "plain",
            Action.BLOCK,
            "excepting",
            Action.FLAG,
            PatternInspector.TRUNCATED,
            Action.FLAG);
    assertEquals(doubted, actions(inspect(excepting, together, ticking())));
  }

  @Test
  void bothTokenisersAreHeardWhereverEachFindsSomething() {
    RuleSet confirmed =
        rules(
            """
            threat_patterns:
            - {name: sql, pattern: 'union select', confirm: sql, action: block}
            - {name: markup, pattern: onerror, confirm: markup, action: block}
            """);
    String log = new String(new VariedLog(4).withAt(SIZE, ATTACK, 20_000), UTF_8);
    byte[] payload =
        (log.substring(0, 60_000) + "<img src=x onerror=alert(1)>" + log.substring(60_000))
            .getBytes(UTF_8);
    Map<String, Action> actions = actions(inspect(confirmed, payload, slowThenStill()));
    assertEquals(Action.BLOCK, actions.get("sql"), () -> "" + actions);
    assertEquals(Action.BLOCK, actions.get("markup"), () -> "" + actions);
  }

  @Test
  void edgesOfPartsAreNoEndsOfTheText() {
    RuleSet anchored =
        rules(
            """
            threat_patterns:
            - {name: first, pattern: '\\Aabcd', action: flag}
            - {name: last, pattern: 'efgh\\z', action: flag}
            """);
    byte[] text = "abcd efgh ".repeat(SIZE / 10).getBytes(UTF_8);
    for (int i = 0; i < text.length; i += 97) {
      text[i] = (byte) ('k' + i % 7); // so that it does not repeat itself
    }
    text[text.length - 1] = '.';
    List<Finding> findings = inspect(anchored, text, ticking());
    assertEquals(List.of(PatternInspector.TRUNCATED), names(findings));
  }

  private static RuleSet rules(String yaml) {
    return RuleSet.load(Map.of("a.yaml", yaml), EngineChoice.AUTO, DecodeLimits.DEFAULT);
  }
}
