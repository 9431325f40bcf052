package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ActiveRulesTest {

  private static final String ONE = "threat_patterns: [{name: one, pattern: abc, action: flag}]";
  private static final String TWO = "threat_patterns: [{name: two, pattern: abd, action: flag}]";

  @TempDir Path directory;
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final RuleMetrics metrics = new RuleMetrics(meters);
  private ActiveRules rules;

  @BeforeEach
  void load() throws IOException {
    Files.writeString(directory.resolve("a.yaml"), ONE);
    Files.writeString(directory.resolve("notes.txt"), "not a rule file");
    rules =
        ActiveRules.load(
            RuleSource.of(directory.toString()), EngineChoice.JAVA, DecodeLimits.DEFAULT, metrics);
  }

  @Test
  void keepsTheSetWhileNothingChanges() {
    RuleSet before = rules.current();
    rules.reload();
    assertSame(before, rules.current());
  }

  @Test
  void takesOverChangedAddedAndRemovedFiles() throws IOException {
    RuleSet before = rules.current();
    Files.writeString(directory.resolve("b.yml"), TWO);
    rules.reload();
    assertNotSame(before, rules.current());
    assertEquals(2, rules.current().size());
    assertEquals(2, meters.get("sentinel.pattern.rules").gauge().value());
    Files.delete(directory.resolve("a.yaml"));
    rules.reload();
    assertEquals(1, rules.current().size());
    assertEquals(2, reloads("taken"));
  }

  @Test
  void metersOfRemovedRulesGo() throws IOException {
    Files.writeString(directory.resolve("b.yaml"), TWO);
    rules.reload();
    PatternInspector inspector =
        new PatternInspector(rules.current(), List.of(), DecodeLimits.DEFAULT);
    inspector
        .inspect(Messages.of("a", "abc abd ' or 1=1 --".getBytes(StandardCharsets.UTF_8)))
        .forEach(metrics::hit);
    assertEquals(Set.of("one", "two", "sql_syntax"), rulesWith("sentinel.pattern.hits"));
    Files.delete(directory.resolve("a.yaml"));
    rules.reload();
    assertEquals(Set.of("two", "sql_syntax"), rulesWith("sentinel.pattern.hits"));
    assertEquals(Set.of("two", "sql_syntax"), rulesWith("sentinel.pattern.hit.seconds"));
    assertEquals(1, meters.get("sentinel.pattern.hits").tag("rule", "two").counter().count());
  }

  @Test
  void aBadFileLeavesTheOldSetAndIsCountedOnce() throws IOException {
    RuleSet before = rules.current();
    Files.writeString(directory.resolve("a.yaml"), "threat_patterns: [{name: one}]");
    rules.reload();
    rules.reload();
    assertSame(before, rules.current());
    assertEquals(1, reloads("refused"));
    assertEquals(1, meters.get("sentinel.pattern.rules").gauge().value());
    Files.writeString(directory.resolve("a.yaml"), TWO);
    rules.reload();
    assertEquals("two", rules.current().threats().rules().getFirst().id());
  }

  @Test
  void aMissingDirectoryLeavesTheOldSet() throws IOException {
    RuleSet before = rules.current();
    Files.delete(directory.resolve("a.yaml"));
    Files.delete(directory.resolve("notes.txt"));
    Files.delete(directory);
    rules.reload();
    assertSame(before, rules.current());
    assertEquals(1, reloads("refused"));
  }

  @Test
  void aReadThatFailedIsForgottenAfterAGoodOne() throws IOException {
    Path away = directory.resolveSibling(directory.getFileName() + "-away");
    Files.move(directory, away);
    rules.reload();
    assertEquals(1, meters.get("sentinel.pattern.rules.stale").gauge().value());
    Files.move(away, directory);
    RuleSet before = rules.current();
    rules.reload();
    assertEquals("", rules.refusal());
    assertEquals(0, meters.get("sentinel.pattern.rules.stale").gauge().value());
    assertSame(before, rules.current());
  }

  @Test
  void badRulesAreStillRefusedAfterAReadThatFailed() throws IOException {
    Files.writeString(directory.resolve("a.yaml"), "threat_patterns: [{name: one}]");
    rules.reload();
    String refusal = rules.refusal();
    Path away = directory.resolveSibling(directory.getFileName() + "-away");
    Files.move(directory, away);
    rules.reload();
    Files.move(away, directory);
    rules.reload();
    assertEquals(refusal, rules.refusal());
    assertEquals(1, meters.get("sentinel.pattern.rules.stale").gauge().value());
    Files.writeString(directory.resolve("a.yaml"), ONE);
    rules.reload();
    assertEquals("", rules.refusal());
    assertEquals(0, meters.get("sentinel.pattern.rules.stale").gauge().value());
  }

  @Test
  void watchesByItself() throws IOException {
    try (ActiveRules watched = rules) {
      watched.watch(Duration.ofMillis(10));
      Files.writeString(directory.resolve("a.yaml"), ONE + "\n#");
      Files.writeString(directory.resolve("b.yaml"), TWO);
      Await.until("the second rule", () -> watched.current().size() == 2);
    }
  }

  @Test
  void doesNotStartOnADirectoryThatIsNone() {
    IllegalStateException refusal =
        assertThrows(
            IllegalStateException.class,
            () ->
                ActiveRules.load(
                    RuleSource.of("/no/such/directory"),
                    EngineChoice.JAVA,
                    DecodeLimits.DEFAULT,
                    new RuleMetrics(meters)));
    assertTrue(refusal.getMessage().contains("sentinel.pattern-matcher.rules"));
  }

  private double reloads(String result) {
    return meters.get("sentinel.pattern.reloads").tag("result", result).counter().count();
  }

  private Set<String> rulesWith(String name) {
    return meters.find(name).meters().stream()
        .map(meter -> meter.getId().getTag("rule"))
        .collect(Collectors.toSet());
  }
}
