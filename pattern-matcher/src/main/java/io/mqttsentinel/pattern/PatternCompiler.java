package io.mqttsentinel.pattern;

import java.util.List;

/** Makes an engine for patterns. */
interface PatternCompiler {

  /** Begins with what takes a while and needs no patterns; returns at once. */
  default void prepare() {}

  /**
   * @throws IllegalStateException if the engine that is demanded cannot be loaded
   * @throws RegexSyntaxException if the engine refuses a pattern
   */
  PatternEngine compile(List<PayloadPattern> patterns);
}
