package io.mqttsentinel.pattern;

import static io.mqttsentinel.pattern.LongPayloads.ATTACK;
import static io.mqttsentinel.pattern.LongPayloads.ATTACKS;
import static io.mqttsentinel.pattern.LongPayloads.SIZE;
import static io.mqttsentinel.pattern.LongPayloads.inspect;
import static io.mqttsentinel.pattern.LongPayloads.isFound;
import static io.mqttsentinel.pattern.LongPayloads.log;
import static io.mqttsentinel.pattern.LongPayloads.names;
import static io.mqttsentinel.pattern.LongPayloads.slowThenStill;
import static io.mqttsentinel.pattern.LongPayloads.ticking;
import static io.mqttsentinel.pattern.LongPayloads.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a long payload some parts are looked at, those first that differ from the rest. */
final class LongPayloadTest {

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.3, 0.5, 0.77, 0.99, 1})
  void anAttackInALongLogIsFoundWhereverItStands(double place) {
    byte[] payload = with(log(SIZE), ATTACK, place);
    List<Finding> findings = inspect(payload, ticking());
    assertTrue(names(findings).contains(PatternInspector.TRUNCATED), () -> "" + names(findings));
    Finding attack =
        findings.stream()
            .filter(finding -> finding.getTags().contains("CWE-89"))
            .filter(finding -> finding.getAction() != Action.ALLOW)
            .findFirst()
            .orElseThrow();
    Evidence evidence = attack.getEvidence().getFirst();
    int at = new String(payload, UTF_8).indexOf(ATTACK);
    assertTrue(
        evidence.getOffset() >= at && evidence.getOffset() <= at + ATTACK.length(),
        () -> evidence + " against " + at);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.02, 0.5, 0.98})
  void markupIsFoundAsWell(double place) {
    byte[] payload = with(log(SIZE), "<img src=x onerror=alert(1)>", place);
    assertTrue(names(inspect(payload, ticking())).contains("markup_active"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2_000, 20_000, 150_000, 1_000_000, 10_000_000})
  void anAttackInAVariedLogIsNeverPassedSilently(long nanosOfReading) {
    Random random = new Random(nanosOfReading + 7);
    for (int round = 0; round < 12; round++) {
      VariedLog log = new VariedLog(random.nextLong());
      double place = round == 0 ? 0 : round == 1 ? 1 : random.nextDouble();
      byte[] payload = log.with(100_000, ATTACKS.get(round % ATTACKS.size()), place);
      AtomicLong now = new AtomicLong();
      TimeBudget budget = new TimeBudget(DecodeLimits.DEFAULT, () -> now.addAndGet(nanosOfReading));
      List<Finding> findings = inspect(payload, budget);
      boolean said = names(findings).contains(PatternInspector.TRUNCATED);
      assertTrue(said || isFound(findings), () -> place + ": " + names(findings));
    }
  }

  @Test
  void anAttackAcrossTheBordersOfPartsIsFound() {
    for (String attack : ATTACKS) {
      for (int border = 1; border < 100_000 / BlockOrder.BLOCK; border += 7) {
        for (int before : new int[] {1, attack.length() / 2, attack.length() - 1}) {
          int at = border * BlockOrder.BLOCK - before;
          byte[] payload = new VariedLog(border).withAt(100_000, attack, at);
          List<Finding> findings = inspect(payload, slowThenStill());
          assertTrue(names(findings).contains(PatternInspector.TRUNCATED));
          assertTrue(isFound(findings), () -> attack + " at " + at + ": " + names(findings));
        }
      }
    }
  }

  @Test
  void differingBlocksComeFirst() {
    byte[] text = with(log(SIZE), "<script>alert('1')</script>", 0.6);
    int[] order = new BlockOrder().of(text);
    int at = new String(text, UTF_8).indexOf("<script>");
    assertEquals(at / BlockOrder.BLOCK, order[0]);
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      assertEquals(i, sorted[i]);
    }
  }
}
