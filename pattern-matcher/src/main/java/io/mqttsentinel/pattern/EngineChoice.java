package io.mqttsentinel.pattern;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which engine matches. */
public enum EngineChoice implements PatternCompiler {
  /** Vectorscan where it loads, else Java, with a warning. */
  AUTO,
  VECTORSCAN,
  JAVA;

  /** Compiles for an engine that may be missing. */
  interface NativeCompiler {
    PatternEngine compile(List<PayloadPattern> patterns) throws EngineUnavailableException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(EngineChoice.class);

  /** The engine of that name, in any case of letters. */
  static Optional<EngineChoice> of(String name) {
    return Arrays.stream(values()).filter(choice -> choice.name().equalsIgnoreCase(name)).findAny();
  }

  /** Loads Vectorscan's library aside; whoever compiles waits for it. */
  @Override
  public void prepare() {
    if (this != JAVA) {
      Thread.ofPlatform().name("pattern-engine").daemon().start(EngineChoice::loadLibrary);
    }
  }

  private static void loadLibrary() {
    try {
      VectorscanLibrary.load();
    } catch (EngineUnavailableException e) {
      LOG.debug("Said again, and acted upon, where patterns are compiled: {}", e.getMessage());
    }
  }

  /**
   * @throws IllegalStateException if Vectorscan is demanded and cannot be loaded
   * @throws RegexSyntaxException if the engine refuses a pattern
   */
  @Override
  public PatternEngine compile(List<PayloadPattern> patterns) {
    return compile(patterns, all -> VectorscanEngine.compile(all, DatabaseCache.OFF));
  }

  PatternEngine compile(List<PayloadPattern> patterns, NativeCompiler vectorscan) {
    if (this == JAVA) {
      return JavaEngine.compile(patterns);
    }
    try {
      return vectorscan.compile(patterns);
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
