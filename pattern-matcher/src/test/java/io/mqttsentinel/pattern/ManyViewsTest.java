package io.mqttsentinel.pattern;

import static io.mqttsentinel.pattern.LongPayloads.actions;
import static io.mqttsentinel.pattern.LongPayloads.inspect;
import static io.mqttsentinel.pattern.LongPayloads.isFound;
import static io.mqttsentinel.pattern.LongPayloads.log;
import static io.mqttsentinel.pattern.LongPayloads.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Payloads that no clock ends: how many of their views are looked at whole, and what of the others.
 */
final class ManyViewsTest {

  @Test
  void manyViewsOfAShortPayloadAreLookedAtInPartsAndAlwaysInTheSame() {
    byte[] payload = HostilePayloads.all(TimeBudget.FREE).get("mixed comments");
    Map<String, Action> once = actions(inspect(payload, new TimeBudget(DecodeLimits.DEFAULT)));
    assertEquals(Action.FLAG, once.get(PatternInspector.TRUNCATED), () -> "" + once);
    assertTrue(once.size() > 1, () -> "" + once);
    assertEquals(once, actions(inspect(payload, new TimeBudget(DecodeLimits.DEFAULT))));
  }

  @Test
  void anAttackInAViewBeyondThoseThatAreLookedAtWholeIsFoundInAPart() {
    String log = new String(new VariedLog(9).text(50_000), UTF_8);
    // Escapes and comments on all lines: three views of the whole log before that with the attack.
    String busy = log.replace("\n", " \\u0061/**/b %41\n");
    String attack = "%27%20union%20select%20password%20from%20users%20--%20";
    byte[] payload = (busy.substring(0, 30_000) + attack + busy.substring(30_000)).getBytes(UTF_8);
    assertTrue(payload.length <= TimeBudget.FREE, () -> "" + payload.length);
    List<Finding> findings = inspect(payload, new TimeBudget(DecodeLimits.DEFAULT));
    Map<String, Action> actions = actions(findings);
    assertTrue(actions.containsKey(PatternInspector.TRUNCATED), () -> "" + actions);
    assertTrue(
        findings.stream()
            .filter(finding -> finding.getTags().contains("CWE-89"))
            .flatMap(finding -> finding.getEvidence().stream())
            .anyMatch(evidence -> evidence.getView().contains("url")),
        () -> "" + actions);
  }

  @Test
  void whatIsBlockedIsNotDecodedWholeOverAndOver() {
    byte[] payload = with(log(40_000), "<script>alert(document.cookie)</script> %41", 0.5);
    Map<String, Action> actions = actions(inspect(payload, new TimeBudget(DecodeLimits.DEFAULT)));
    assertTrue(actions.containsValue(Action.BLOCK), () -> "" + actions);
    assertEquals(Action.FLAG, actions.get(PatternInspector.TRUNCATED), () -> "" + actions);
    byte[] honest = with(log(40_000), "%41", 0.5);
    assertEquals(Map.of(), actions(inspect(honest, new TimeBudget(DecodeLimits.DEFAULT))));
  }

  @Test
  void whatIsBlockedIsNotDecodedFurtherThanItIsLookedAt() {
    byte[] payload = HostilePayloads.all(16 * 1024).get("mixed paths");
    List<Finding> findings = inspect(payload, new TimeBudget(DecodeLimits.DEFAULT));
    assertTrue(actions(findings).containsValue(Action.BLOCK));
    assertEquals(Action.FLAG, actions(findings).get(PatternInspector.TRUNCATED));
    assertTrue(
        findings.stream()
            .flatMap(finding -> finding.getEvidence().stream())
            .noneMatch(evidence -> evidence.getView().contains(">")));
  }

  @Test
  void anAttackInSixteenKilobytesOfALogIsFoundInWhateverForm() {
    for (String attack : LongPayloads.ATTACKS) {
      for (double place : new double[] {0.02, 0.6, 0.97}) {
        for (String form : List.of(attack, percent(attack), base64(attack))) {
          byte[] payload = new VariedLog(11).with(16 * 1024, form, place);
          List<Finding> findings = inspect(payload, new TimeBudget(DecodeLimits.DEFAULT));
          assertTrue(isFound(findings), () -> form + " at " + place);
          assertFalse(isCut(findings), form);
        }
      }
    }
  }

  @Test
  void anAttackInSixteenKilobytesOfJsonIsFoundInWhateverForm() {
    for (String attack : LongPayloads.ATTACKS) {
      for (String form : List.of(attack, percent(attack), base64(attack), escaped(attack))) {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; json.length() < 16 * 1024; i++) {
          json.append("{\"id\":%d,\"temp\":%d.5,\"note\":\"it's ok\"},".formatted(i, i % 40));
          if (i == 150) {
            json.append("{\"id\":1,\"note\":\"%s\"},".formatted(form));
          }
        }
        byte[] payload = json.append("{}]").toString().getBytes(UTF_8);
        List<Finding> findings = inspect(payload, new TimeBudget(DecodeLimits.DEFAULT));
        assertTrue(isFound(findings), form);
        assertFalse(isCut(findings), form);
      }
    }
  }

  @Test
  void bytesOfADenseTextCountTwice() {
    byte[] sparse = new VariedLog(4).text(40_000);
    byte[] dense = HostilePayloads.all(40_000).get("mixed brackets");
    byte[] json = "{\\\"temp\\\":21.5,\\\"hum\\\":40,\\\"on\\\":1}".repeat(1100).getBytes(UTF_8);
    assertEquals(3, whole(sparse));
    assertEquals(3, whole(json));
    assertEquals(1, whole(dense));
  }

  @Test
  void noViewIsMadeThatNobodyWouldLookAt() {
    TimeBudget budget = new TimeBudget(DecodeLimits.DEFAULT);
    budget.reset();
    byte[] text = new VariedLog(4).text(TimeBudget.FREE);
    int planned = 0;
    for (; budget.hasRoom(text.length); planned++) {
      budget.plan(text);
    }
    assertEquals(2 + 3, planned); // whole, and in parts
    assertTrue(budget.hasRoom(TimeBudget.SHORT));
  }

  /** Of what is blocked in any case less may be looked at. */
  private static boolean isCut(List<Finding> findings) {
    Map<String, Action> actions = actions(findings);
    return actions.containsKey(PatternInspector.TRUNCATED) && !actions.containsValue(Action.BLOCK);
  }

  private static int whole(byte[] text) {
    TimeBudget budget = new TimeBudget(DecodeLimits.DEFAULT);
    budget.reset();
    int count = 0;
    while (budget.allowsWhole(text, false)) {
      count++;
    }
    return count;
  }

  private static String percent(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String escaped(String text) {
    return text.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining());
  }
}
