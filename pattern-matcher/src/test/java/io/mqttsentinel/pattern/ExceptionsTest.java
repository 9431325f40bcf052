package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.TopicFilter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What a rule excepts takes away a hit at its own place and no other. */
final class ExceptionsTest {

  private static final String RULE =
      """
      threat_patterns:
      - {name: r, pattern: 'open\\s+valve', not_match: 'dry run: open|valve \\(closed\\)', action: block}
      """;

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void exceptsWhatItOverlapsOrTouches(EngineChoice engine) {
    PatternInspector inspector = inspector(RULE, engine);
    assertEquals("none", action(inspector, "dry run: open valve"));
    assertEquals("none", action(inspector, "open  valve (closed)"));
    assertEquals("none", action(inspector, "dry run: open valve, open valve (closed)"));
    String touching = RULE.replace("dry run: open", "dry run: ");
    assertEquals("none", action(inspector(touching, engine), "dry run: open valve"));
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void leavesAllOtherMatchesAlone(EngineChoice engine) {
    PatternInspector inspector = inspector(RULE, engine);
    assertEquals("BLOCK", action(inspector, "dry run: open; open valve"));
    assertEquals("BLOCK", action(inspector, "valve (closed) open valve"));
    assertEquals("BLOCK", action(inspector, "dry run: open valve, open valve"));
    assertEquals("BLOCK", action(inspector, "open valve, dry run: open valve"));
    assertEquals(
        "BLOCK", action(inspector, "{\"a\":\"dry run: open valve\",\"b\":\"open valve\"}"));
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void evidenceIsTheMatchThatCounts(EngineChoice engine) {
    String text = "dry run: open valve, open valve";
    Finding finding = inspect(inspector(RULE, engine), text).getFirst();
    assertEquals(text.lastIndexOf("open"), finding.getEvidence().getFirst().getOffset());
    assertEquals("open valve".length(), finding.getEvidence().getFirst().getLength());
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void inLongTextsWhatIsExceptedIsFlaggedAndWhatIsNotBlocked(EngineChoice engine) {
    PatternInspector inspector = inspector(RULE, engine);
    String before = "pump 7 ok\n".repeat(Exceptions.MOST_READ / 20);
    String behind = "pump 8 ok\n".repeat(Exceptions.MOST_READ / 20);
    assertEquals("FLAG", action(inspector, before + "dry run: open valve\n" + behind));
    assertEquals("BLOCK", action(inspector, before + "open valve\n" + behind));
    assertEquals("BLOCK", action(inspector, "dry run: open\n" + before + "open valve\n" + behind));
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void manyOfThemDoNotWearItOut(EngineChoice engine) {
    StringBuilder rules = new StringBuilder("threat_patterns:\n");
    int count = 2 * Exceptions.MOST_READ / Exceptions.NEAR;
    for (int i = 0; i < count; i++) {
      rules.append(
          "- {name: r%d, pattern: evil, not_match: 'not evil', action: block}\n".formatted(i));
    }
    PatternInspector inspector = inspector(rules.toString(), engine);
    String text = "not e-vil ".repeat(Exceptions.NEAR / 10) + "evil";
    List<Finding> findings = inspect(inspector, text);
    assertEquals(count, findings.size());
    assertTrue(findings.stream().allMatch(finding -> finding.getAction() == Action.BLOCK));
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void whatWouldAllowAnAlertIsExceptedAnywhere(EngineChoice engine) {
    PatternInspector inspector =
        inspector(
            """
            alert_validation:
            - {name: good, pattern: '^ALERT', not_match: test, action: allow}
            - {name: bad, pattern: '^ALERT', not_match: 'ALERT 7', action: quarantine}
            - {name: other, pattern: '^', action: flag}
            """,
            engine);
    assertEquals("none", action(inspector, "ALERT 1"));
    assertEquals("QUARANTINE", action(inspector, "ALERT 1 of ALERT 7, a test"));
    assertEquals("FLAG", action(inspector, "ALERT 7, a test"));
  }

  @ParameterizedTest
  @EnumSource(value = EngineChoice.class, mode = Mode.EXCLUDE, names = "AUTO")
  void aRuleMayExceptTheWholeText(EngineChoice engine) {
    PatternInspector inspector = inspector(anywhere(), engine);
    assertEquals("none", action(inspector, "open valve\nand then\ndry run: open"));
    assertEquals("BLOCK", action(inspector, "open valve"));
  }

  @Test
  void whatWouldTakeLongToReadIsInDoubt() {
    Rule rule = RuleFile.parse("f.yaml", anywhere()).threats().getFirst();
    byte[] view = new byte[Exceptions.MOST_READ_ANYWHERE];
    Exceptions exceptions = new Exceptions();
    assertTrue(exceptions.match(rule, view, 10).exists());
    assertTrue(exceptions.isSure());
    assertTrue(exceptions.match(rule, view, 10).exists());
    assertFalse(exceptions.isSure());
    exceptions.reset();
    assertTrue(exceptions.match(rule, view, 10).exists());
    assertTrue(exceptions.isSure());
  }

  private static String anywhere() {
    return RULE.replace("action:", "not_match_in: text, action:");
  }

  private static PatternInspector inspector(String yaml, EngineChoice engine) {
    return new PatternInspector(
        RuleSet.load(Map.of("f.yaml", yaml), engine, DecodeLimits.DEFAULT),
        List.of(TopicFilter.of("clients/+/alerts")),
        DecodeLimits.DEFAULT);
  }

  private static List<Finding> inspect(PatternInspector inspector, String text) {
    return inspector.inspect(Messages.of("clients/dev-1/alerts", text.getBytes(UTF_8)));
  }

  private static String action(PatternInspector inspector, String text) {
    return inspect(inspector, text).stream()
        .map(Finding::getAction)
        .max(Action::compareTo)
        .map(Action::name)
        .orElse("none");
  }
}
