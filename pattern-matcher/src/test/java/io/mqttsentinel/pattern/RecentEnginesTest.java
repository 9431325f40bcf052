package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RecentEnginesTest {

  private final AtomicInteger compiled = new AtomicInteger();
  private final RecentEngines engines =
      new RecentEngines(
          patterns -> {
            compiled.incrementAndGet();
            return JavaEngine.compile(patterns);
          });

  @Test
  void anEngineInUseIsTakenForTheSamePatterns() {
    PatternEngine first = engines.compile(EngineContract.patterns(List.of("one", "two|three")));
    engines.prepare();
    PatternEngine again = engines.compile(EngineContract.patterns(List.of("one", "two|three")));
    assertSame(first, again);
    assertEquals(1, compiled.get());
  }

  @Test
  void otherPatternsOrAnotherOrderAreCompiled() {
    PatternEngine first = engines.compile(EngineContract.patterns(List.of("one", "two")));
    assertNotSame(first, engines.compile(EngineContract.patterns(List.of("two", "one"))));
    assertNotSame(first, engines.compile(EngineContract.patterns(List.of("one", "twi"))));
    assertNotSame(first, engines.compile(EngineContract.patterns(List.of("one"))));
    assertNotSame(first, engines.compile(EngineContract.patterns(List.of("one|two"))));
    assertEquals(5, compiled.get());
  }
}
