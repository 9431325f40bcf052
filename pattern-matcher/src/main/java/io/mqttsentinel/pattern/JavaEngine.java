package io.mqttsentinel.pattern;

import java.util.BitSet;
import java.util.List;

/**
 * Where Vectorscan cannot load: one pass for the literals that the patterns need, then RE2J, which
 * is linear, on those whose literal occurs. A budget keeps hostile texts in bounds; where it ends
 * early the hits say so.
 */
final class JavaEngine implements PatternEngine {

  /** Bytes times patterns; about 50 ns each. */
  private static final long BUDGET = 4L << 20;

  private final List<PayloadPattern> patterns;
  private final LiteralAutomaton literals;
  private final BitSet always = new BitSet();

  private JavaEngine(List<PayloadPattern> patterns) {
    this.patterns = List.copyOf(patterns);
    this.literals = LiteralAutomaton.of(patterns.stream().map(PayloadPattern::literals).toList());
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).literals().isEmpty()) {
        always.set(i);
      }
    }
  }

  static JavaEngine compile(List<PayloadPattern> patterns) {
    return new JavaEngine(patterns);
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public int patterns() {
    return patterns.size();
  }

  @Override
  public Scanner scanner() {
    return new CandidateScanner();
  }

  private final class CandidateScanner implements Scanner {

    private final BitSet candidates = new BitSet(patterns.size());

    @Override
    public void scan(byte[] bytes, int length, PatternHits hits) {
      candidates.clear();
      candidates.or(always);
      literals.search(bytes, length, candidates);
      long spent = 0;
      for (int i = candidates.nextSetBit(0); i >= 0; i = candidates.nextSetBit(i + 1)) {
        spent += length;
        if (spent > BUDGET) {
          hits.incomplete();
          return;
        }
        if (patterns.get(i).find(bytes, length).exists()) {
          hits.add(i);
        }
      }
    }
  }
}
