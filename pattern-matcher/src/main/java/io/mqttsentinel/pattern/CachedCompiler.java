package io.mqttsentinel.pattern;

import java.util.List;

/**
 * Compiles as chosen, and takes what Vectorscan compiled before from a directory.
 *
 * @param cache for Vectorscan alone; the Java engine has nothing to keep
 */
record CachedCompiler(EngineChoice choice, DatabaseCache cache) implements PatternCompiler {

  @Override
  public void prepare() {
    choice.prepare();
  }

  @Override
  public PatternEngine compile(List<PayloadPattern> patterns) {
    return choice.compile(patterns, all -> VectorscanEngine.compile(all, cache));
  }
}
