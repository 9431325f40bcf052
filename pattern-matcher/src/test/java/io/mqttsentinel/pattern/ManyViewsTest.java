package io.mqttsentinel.pattern;

import static io.mqttsentinel.pattern.LongPayloads.actions;
import static io.mqttsentinel.pattern.LongPayloads.inspect;
import static io.mqttsentinel.pattern.LongPayloads.log;
import static io.mqttsentinel.pattern.LongPayloads.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import java.util.List;
import java.util.Map;
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
}
