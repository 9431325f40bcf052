package io.mqttsentinel.pattern;

import java.util.List;

/** Makes an engine for patterns. */
interface PatternCompiler {

  /**
   * @throws IllegalStateException if the engine that is demanded cannot be loaded
   * @throws RegexSyntaxException if the engine refuses a pattern
   */
  PatternEngine compile(List<PayloadPattern> patterns);
}
