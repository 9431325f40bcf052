package io.mqttsentinel.pattern;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which engine matches. */
public enum EngineChoice {
  /** Vectorscan where it loads, else Java, with a warning. */
  AUTO,
  VECTORSCAN,
  JAVA;

  private static final Logger LOG = LoggerFactory.getLogger(EngineChoice.class);

  /**
   * @throws IllegalStateException if Vectorscan is demanded and cannot be loaded
   * @throws RegexSyntaxException if the engine refuses a pattern
   */
  PatternEngine compile(List<PayloadPattern> patterns) {
    if (this == JAVA) {
      return JavaEngine.compile(patterns);
    }
    try {
      return VectorscanEngine.compile(patterns);
    } catch (EngineUnavailableException e) {
      if (this == VECTORSCAN) {
        throw new IllegalStateException(
            "sentinel.pattern-matcher.engine is vectorscan, but " + e.getMessage(), e);
      }
      LOG.warn("Patterns are matched in Java, at many times the cost: {}", e.getMessage());
      return JavaEngine.compile(patterns);
    }
  }
}
