package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A decoy that an exception excuses does not cover an attack behind it, however long the text. */
final class FurtherMatchesTest {

  private static final String RULE =
      """
      threat_patterns:
      - {name: r, pattern: 'open\\s+valve', not_match: 'dry run: open|valve \\(closed\\)', action: block}
      """;

  private static final String DECOY = "dry run: open valve\n";
  private static final String ATTACK = "open valve";

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void anAttackBehindADecoyIsBlocked(EngineChoice engine) {
    PatternInspector inspector = inspector(RULE, engine);
    for (int between : new int[] {100, 4_000, 15_000, 50_000}) {
      String text = log(3_000) + DECOY + log(between) + ATTACK + "\n" + log(3_000);
      List<Finding> findings = inspect(inspector, text);
      assertEquals("BLOCK", action(findings), () -> between + " bytes between");
      Evidence evidence = findings.getFirst().getEvidence().getFirst();
      assertEquals(text.lastIndexOf(ATTACK), evidence.getOffset());
      assertEquals(ATTACK.length(), evidence.getLength());
    }
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void anAttackBetweenDecoysIsBlockedWhereverItStands(EngineChoice engine) {
    PatternInspector inspector = inspector(RULE, engine);
    String before = DECOY + log(6_000);
    String behind = DECOY + log(2_000) + DECOY;
    int stretch = before.length() + DECOY.length();
    for (int i = 0; i < FurtherMatches.STRETCH; i += 13) {
      String text = before + DECOY + "x".repeat(600 + i) + " " + ATTACK + " " + behind;
      assertEquals("BLOCK", action(inspect(inspector, text)), "at " + (stretch + i));
    }
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void anAttackRightBesideDecoysIsBlocked(EngineChoice engine) {
    PatternInspector inspector = inspector(RULE, engine);
    String text = DECOY.repeat(3) + ATTACK + "\n" + DECOY.repeat(3);
    assertEquals("BLOCK", action(inspect(inspector, DECOY + log(9_000) + text + log(2_000))));
    assertEquals("BLOCK", action(inspect(inspector, text + log(9_000) + DECOY)));
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void someDecoysAloneAreFlaggedAsBefore(EngineChoice engine) {
    PatternInspector inspector = inspector(RULE, engine);
    assertEquals("FLAG", action(inspect(inspector, log(3_000) + DECOY + log(6_000))));
    String text = (log(1_000) + DECOY).repeat(7);
    assertEquals("FLAG", action(inspect(inspector, text)));
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void whoSendsVeryManyDecoysGetsNothingThrough(EngineChoice engine) {
    PatternInspector inspector = inspector(RULE, engine);
    int many = 2 * FurtherMatches.MOST_JUDGED;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < many; i++) {
      text.append(DECOY).append(i).append(log(700));
    }
    assertEquals("QUARANTINE", action(inspect(inspector, text.toString())));
    assertEquals("QUARANTINE", action(inspect(inspector, text + ATTACK)));
    // The next message is judged anew.
    assertEquals("FLAG", action(inspect(inspector, DECOY + log(6_000))));
    assertEquals("BLOCK", action(inspect(inspector, DECOY + log(6_000) + ATTACK)));
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void aFurtherViewIsSearchedAsWell(EngineChoice engine) {
    PatternInspector inspector = inspector(RULE, engine);
    String text = log(1_500) + DECOY + log(1_500) + "open%20valve\n";
    List<Finding> findings = inspect(inspector, text);
    assertEquals("BLOCK", action(findings));
    assertEquals("BLOCK", action(inspect(inspector, DECOY + log(9_000) + "open%20valve\n")));
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void anExceptionInFrontOfAStretchIsSeen(EngineChoice engine) {
    String rule = RULE.replace("dry run: open", "dry run: [^\\n]*");
    PatternInspector inspector = inspector(rule, engine);
    String text = "dry run: " + "x".repeat(380) + " " + ATTACK + "\n";
    for (int i = 0; i < 6; i++) {
      assertEquals("FLAG", action(inspect(inspector, DECOY + log(8_000 + 100 * i) + text)));
    }
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void rulesAreJudgedEachForItself(EngineChoice engine) {
    String rules =
        RULE
            + "- {name: s, pattern: 'shut\\s+down', not_match: 'never shut', action: quarantine}\n";
    PatternInspector inspector = inspector(rules, engine);
    String text = DECOY + "never shut down\n" + log(8_000);
    assertEquals(
        Map.of("r", Action.BLOCK, "s", Action.FLAG), actions(inspector, text + "open valve"));
    assertEquals(
        Map.of("r", Action.FLAG, "s", Action.QUARANTINE), actions(inspector, text + "shut down"));
    assertEquals(
        Map.of("r", Action.BLOCK, "s", Action.QUARANTINE),
        actions(inspector, text + "shut down\n" + log(900) + "open valve"));
  }

  @Test
  void inPartsOfALongTextAsWell() {
    RuleSet rules = RuleSet.load(Map.of("f.yaml", RULE), EngineChoice.AUTO, DecodeLimits.DEFAULT);
    VariedLog log = new VariedLog(3);
    String text = new String(log.text(100_000), UTF_8);
    byte[] decoyed = (text + DECOY + text + ATTACK).getBytes(UTF_8);
    Map<String, Action> found =
        LongPayloads.actions(LongPayloads.inspect(rules, decoyed, LongPayloads.slowThenStill()));
    assertTrue(found.containsKey(PatternInspector.TRUNCATED), () -> "" + found);
    assertEquals(Action.BLOCK, found.get("r"));
  }

  @Test
  void whatTimeDoesNotSufficeForIsSaid() {
    RuleSet rules = RuleSet.load(Map.of("f.yaml", RULE), EngineChoice.AUTO, DecodeLimits.DEFAULT);
    long[] readings = {0};
    TimeBudget budget =
        new TimeBudget(DecodeLimits.DEFAULT, () -> readings[0]++ < 30 ? 0 : 1_000_000_000);
    byte[] text = (DECOY + log(70_000) + ATTACK).getBytes(UTF_8);
    Map<String, Action> found = LongPayloads.actions(LongPayloads.inspect(rules, text, budget));
    assertEquals(Action.FLAG, found.get("r"));
    assertTrue(found.containsKey(PatternInspector.TRUNCATED), () -> "" + found);
  }

  private static String log(int size) {
    return new String(LongPayloads.log(size), UTF_8);
  }

  private static PatternInspector inspector(String yaml, EngineChoice engine) {
    return new PatternInspector(
        RuleSet.load(Map.of("f.yaml", yaml), engine, DecodeLimits.DEFAULT),
        List.of(),
        DecodeLimits.DEFAULT);
  }

  private static List<Finding> inspect(PatternInspector inspector, String text) {
    return inspector.inspect(Messages.of("clients/dev-1/data", text.getBytes(UTF_8)));
  }

  private static Map<String, Action> actions(PatternInspector inspector, String text) {
    return LongPayloads.actions(inspect(inspector, text));
  }

  private static String action(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.getRuleId().equals("r"))
        .map(Finding::getAction)
        .max(Action::compareTo)
        .map(Action::name)
        .orElse("none");
  }
}
