package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.List;

/**
 * Rules with their engine. Patterns have the numbers of their rules; behind them follow the
 * exceptions of those rules that have one.
 */
final class CompiledRules {

  private static final int NO_EXCEPTION = -1;

  private final List<Rule> rules;
  private final int[] exceptions;
  private final PatternEngine engine;
  private final List<JsonPath> paths;

  CompiledRules(List<Rule> rules, PatternCompiler compiler) {
    this.rules = List.copyOf(rules);
    this.paths = rules.stream().flatMap(rule -> rule.scope().paths().stream()).distinct().toList();
    List<PayloadPattern> patterns = new ArrayList<>(rules.stream().map(Rule::pattern).toList());
    exceptions = new int[rules.size()];
    boolean[] hasException = new boolean[rules.size()];
    for (int i = 0; i < exceptions.length; i++) {
      PayloadPattern notMatch = rules.get(i).notMatch();
      hasException[i] = notMatch != null;
      exceptions[i] = notMatch == null ? NO_EXCEPTION : patterns.size();
      if (notMatch != null) {
        patterns.add(notMatch);
      }
    }
    engine =
        GatedEngine.compile(
            patterns, hasException, patterns.isEmpty() ? EngineChoice.JAVA : compiler);
  }

  /** The places in JSON payloads that rules look at alone. */
  List<JsonPath> paths() {
    return paths;
  }

  List<Rule> rules() {
    return rules;
  }

  PatternEngine engine() {
    return engine;
  }

  PatternHits newHits() {
    return new PatternHits(engine.patterns());
  }

  /** The next rule from {@code from} on that hits and whose exception does not, or -1. */
  int nextHit(PatternHits hits, int from) {
    int rule = hits.next(from);
    while (rule >= 0 && rule < exceptions.length) {
      if (exceptions[rule] == NO_EXCEPTION || !hits.has(exceptions[rule])) {
        return rule;
      }
      rule = hits.next(rule + 1);
    }
    return -1;
  }
}
