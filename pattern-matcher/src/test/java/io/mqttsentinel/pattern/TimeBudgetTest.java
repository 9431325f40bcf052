package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long payloads end when their time is over; what differs from the rest is looked at before. */
final class TimeBudgetTest {

  private static final int SIZE = 200_000;
  private static final String ATTACK = "x' or 1=1 union select password from users -- ";

  private static RuleSet rules;

  @BeforeAll
  static void load() throws IOException {
    rules = RuleSet.load(new RuleSource.Shipped().read(), EngineChoice.AUTO, DecodeLimits.DEFAULT);
  }

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
    int at = new String(payload, StandardCharsets.UTF_8).indexOf(ATTACK);
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

  @Test
  void whatIsNotLookedAtIsSaid() {
    Finding truncated =
        inspect(log(SIZE), ticking()).stream()
            .filter(finding -> finding.getRuleId().equals(PatternInspector.TRUNCATED))
            .findAny()
            .orElseThrow();
    assertEquals("payload: time", truncated.getAttributes().get("limit"));
  }

  @Test
  void whereTimeSufficesTheWholeIsMatched() {
    assertEquals(List.of(), inspect(log(SIZE), new TimeBudget(limits(), () -> 0)));
  }

  @Test
  void shortPayloadsAreNotTimed() {
    AtomicLong readings = new AtomicLong();
    inspect(log(8_000), new TimeBudget(limits(), readings::incrementAndGet));
    assertEquals(0, readings.get());
  }

  @Test
  void namesAreLookedAtWhateverThePayloadTook() {
    var message = Messages.of("clients/dev-1/data", log(SIZE));
    message.setUsername("' or 1=1 -- ");
    List<Finding> findings =
        new PatternInspector(rules, List.of(), limits(), ticking()).inspect(message);
    assertTrue(
        findings.stream()
            .flatMap(finding -> finding.getEvidence().stream())
            .anyMatch(evidence -> evidence.getField().equals("username")));
  }

  @Test
  void noWholeViewIsDecodedWhenTimeIsOver() {
    byte[] payload = HostilePayloads.all(SIZE).get("mixed encodings");
    List<Finding> findings = inspect(payload, ticking());
    assertTrue(names(findings).contains(PatternInspector.TRUNCATED));
    assertFalse(
        findings.stream()
            .flatMap(finding -> finding.getEvidence().stream())
            .anyMatch(evidence -> evidence.getView().contains(">")));
  }

  @Test
  void differingBlocksComeFirst() {
    byte[] text = with(log(SIZE), "<script>alert('1')</script>", 0.6);
    int[] order = new BlockOrder().of(text);
    int at = new String(text, StandardCharsets.UTF_8).indexOf("<script>");
    assertEquals(at / BlockOrder.BLOCK, order[0]);
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      assertEquals(i, sorted[i]);
    }
  }

  @Test
  void edgesOfPartsAreNoEndsOfTheText() {
    RuleSet anchored =
        RuleSet.load(
            Map.of(
                "a.yaml",
                """
                threat_patterns:
                - {name: first, pattern: '\\Aabcd', action: flag}
                - {name: last, pattern: 'efgh\\z', action: flag}
                """),
            EngineChoice.AUTO,
            DecodeLimits.DEFAULT);
    byte[] text = "abcd efgh ".repeat(SIZE / 10).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < text.length; i += 97) {
      text[i] = (byte) ('k' + i % 7); // so that it does not repeat itself
    }
    text[text.length - 1] = '.';
    List<Finding> findings =
        new PatternInspector(anchored, List.of(), limits(), ticking())
            .inspect(Messages.of("a", text));
    assertEquals(List.of(PatternInspector.TRUNCATED), names(findings));
  }

  private static DecodeLimits limits() {
    return DecodeLimits.DEFAULT;
  }

  /** Each reading takes 150 us, so that some parts are looked at and not all. */
  private static TimeBudget ticking() {
    AtomicLong now = new AtomicLong();
    return new TimeBudget(limits(), () -> now.addAndGet(150_000));
  }

  private static List<Finding> inspect(byte[] payload, TimeBudget budget) {
    return new PatternInspector(rules, List.of(), limits(), budget)
        .inspect(Messages.of("clients/dev-1/data", payload));
  }

  private static List<String> names(List<Finding> findings) {
    return findings.stream().map(Finding::getRuleId).toList();
  }

  private static byte[] with(byte[] text, String inserted, double place) {
    String all = new String(text, StandardCharsets.UTF_8);
    int at = (int) (place * all.length());
    int line = at == all.length() ? at : all.lastIndexOf('\n', at) + 1;
    return (all.substring(0, line) + inserted + "\n" + all.substring(line))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] log(int size) {
    StringBuilder log = new StringBuilder();
    for (int i = 0; log.length() < size; i++) {
      log.append(
          "2026-03-01T12:00:%02d INFO sensor %d: temp=%d.%d, it's ok\n"
              .formatted(i % 60, i, i % 40, i % 10));
    }
    return log.toString().getBytes(StandardCharsets.UTF_8);
  }
}
