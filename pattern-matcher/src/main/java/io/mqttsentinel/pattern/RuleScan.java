package io.mqttsentinel.pattern;

/** Rules with what one thread needs to match them; reused from view to view. */
final class RuleScan {

  private final CompiledRules rules;
  private final PatternEngine.Scanner scanner;
  private final PatternHits hits;

  RuleScan(CompiledRules rules) {
    this.rules = rules;
    this.scanner = rules.engine().scanner();
    this.hits = rules.newHits();
  }

  CompiledRules rules() {
    return rules;
  }

  /** What occurs in a view; valid until the next call. */
  PatternHits scan(byte[] view) {
    hits.clear();
    scanner.scan(view, view.length, hits);
    return hits;
  }
}
