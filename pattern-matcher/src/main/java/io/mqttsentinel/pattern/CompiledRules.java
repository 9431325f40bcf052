package io.mqttsentinel.pattern;

import java.util.List;

/** Rules with their engine, whose patterns have the numbers of the rules. */
final class CompiledRules {

  private final List<Rule> rules;
  private final PatternEngine engine;
  private final List<JsonPath> paths;

  CompiledRules(List<Rule> rules, PatternCompiler compiler) {
    this.rules = List.copyOf(rules);
    this.paths = rules.stream().flatMap(rule -> rule.scope().paths().stream()).distinct().toList();
    List<PayloadPattern> patterns = rules.stream().map(Rule::pattern).toList();
    engine = GatedEngine.compile(patterns, patterns.isEmpty() ? EngineChoice.JAVA : compiler);
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
}
