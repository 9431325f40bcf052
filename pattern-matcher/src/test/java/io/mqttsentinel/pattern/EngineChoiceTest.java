package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class EngineChoiceTest {

  private static final List<PayloadPattern> PATTERNS = EngineContract.patterns(List.of("needle"));

  @Test
  void fallsBackToJavaWithAWarning() {
    Logger logger = (Logger) LoggerFactory.getLogger(EngineChoice.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      PatternEngine engine = EngineChoice.AUTO.compile(PATTERNS, EngineChoiceTest::unavailable);
      assertEquals("java", engine.name());
    } finally {
      logger.detachAppender(log);
    }
    assertEquals(1, log.list.size());
    assertEquals(Level.WARN, log.list.getFirst().getLevel());
    assertTrue(log.list.getFirst().getFormattedMessage().contains("/none/libhs.so"));
  }

  @Test
  void refusesToStartWhereVectorscanIsDemandedAndMissing() {
    IllegalStateException refusal =
        assertThrows(
            IllegalStateException.class,
            () -> EngineChoice.VECTORSCAN.compile(PATTERNS, EngineChoiceTest::unavailable));
    assertTrue(refusal.getMessage().contains("sentinel.pattern-matcher.engine is vectorscan"));
  }

  @Test
  void doesNotTouchTheLibraryWhereJavaIsChosen() {
    PatternEngine engine =
        EngineChoice.JAVA.compile(
            PATTERNS,
            patterns -> {
              throw new AssertionError("not asked for");
            });
    assertEquals("java", engine.name());
  }

  @Test
  void reportsALibraryThatIsMissingOrBroken() {
    EngineUnavailableException missing =
        assertThrows(
            EngineUnavailableException.class, () -> VectorscanLibrary.open("/none/libhs.so"));
    assertEquals("/none/libhs.so is not on the class path", missing.getMessage());
    EngineUnavailableException broken =
        assertThrows(
            EngineUnavailableException.class, () -> VectorscanLibrary.open("/rules/alerts.yaml"));
    assertTrue(broken.getMessage().contains("could not be loaded"), broken.getMessage());
  }

  private static PatternEngine unavailable(List<PayloadPattern> patterns)
      throws EngineUnavailableException {
    throw new EngineUnavailableException(
        "/none/libhs.so is not on the class path, " + patterns.size());
  }
}
