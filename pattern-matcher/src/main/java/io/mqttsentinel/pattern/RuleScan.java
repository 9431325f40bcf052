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
    begin();
    scanner.scan(view, view.length, hits);
    return hits;
  }

  /** Begins a view of which only parts are matched. */
  void begin() {
    hits.clear();
  }

  /** Adds what occurs in a part. */
  void add(TextPart part) {
    hits.placedAt(part.base());
    scanner.scan(part.bytes(), part.length(), hits);
  }

  /** What occurs in the parts so far, placed in the view. */
  PatternHits hits() {
    return hits;
  }
}
