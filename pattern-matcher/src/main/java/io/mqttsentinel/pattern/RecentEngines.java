package io.mqttsentinel.pattern;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Compiles what no engine in force has yet: of changed rules only the databases that changed are
 * compiled, while the others go on in use. Keeps nothing alive that nobody uses. Shared by threads.
 */
final class RecentEngines implements PatternCompiler {

  private final PatternCompiler compiler;
  private final Map<List<List<String>>, WeakReference<PatternEngine>> engines =
      new ConcurrentHashMap<>();

  RecentEngines(PatternCompiler compiler) {
    this.compiler = compiler;
  }

  @Override
  public void prepare() {
    engines.values().removeIf(engine -> engine.refersTo(null));
    compiler.prepare();
  }

  @Override
  public PatternEngine compile(List<PayloadPattern> patterns) {
    List<List<String>> key = patterns.stream().map(PayloadPattern::alternatives).toList();
    WeakReference<PatternEngine> recent = engines.get(key);
    PatternEngine known = recent == null ? null : recent.get();
    if (known != null) {
      return known;
    }
    PatternEngine compiled = compiler.compile(patterns);
    engines.put(key, new WeakReference<>(compiled));
    return compiled;
  }
}
