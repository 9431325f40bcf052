package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A part that would end behind the time is not begun. */
final class TextPartsTest {

  private static final int SIZE = 100_000;

  private final AtomicLong now = new AtomicLong();

  @ParameterizedTest
  @CsvSource({"700, 4", "1000, 2", "1400, 2", "5000, 2", "300, 9", "1, 49"})
  void asManyPartsAsTheTimeIsEnoughFor(long microsOfPart, int expected) {
    RuleSet rules =
        RuleSet.load(
            Map.of("a.yaml", "threat_patterns: [{name: a, pattern: abc, action: flag}]"),
            EngineChoice.JAVA,
            DecodeLimits.DEFAULT);
    TimeBudget budget = new TimeBudget(DecodeLimits.DEFAULT.within(Duration.ofMillis(3)), now::get);
    TextParts parts = new TextParts(new RuleScan(rules.threats()), new SecondOpinion(), budget);
    budget.reset();
    budget.add(SIZE);
    int looked = 0;
    byte[] text = "some words ".repeat(SIZE).substring(0, SIZE).getBytes(UTF_8);
    for (TextPart part = parts.first(text, 1, false); part != null; part = parts.next()) {
      looked++;
      now.addAndGet(microsOfPart * 1000);
    }
    assertEquals(expected, looked);
  }
}
