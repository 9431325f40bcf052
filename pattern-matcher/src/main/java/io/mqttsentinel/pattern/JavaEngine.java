package io.mqttsentinel.pattern;

import java.util.BitSet;
import java.util.List;

/**
 * Where Vectorscan cannot load: one pass for the literals that the patterns need, then RE2J, which
 * is linear, on those whose literal occurs. A budget keeps hostile texts in bounds; where it ends
 * early the hits say so.
 */
final class JavaEngine implements PatternEngine {

  /** Bytes times patterns; 50 to 200 ns each. */
  private static final long BUDGET = 2L << 20;

  private final List<PayloadPattern> patterns;
  private final LiteralAutomaton literals;

  /** The first set of literals of each pattern, and behind the last one the end. */
  private final int[] firstSet;

  private JavaEngine(List<PayloadPattern> patterns) {
    this.patterns = patterns.stream().map(PayloadPattern::compileForJava).toList();
    this.literals =
        LiteralAutomaton.of(patterns.stream().flatMap(p -> p.literals().stream()).toList());
    this.firstSet = new int[patterns.size() + 1];
    for (int i = 0; i < patterns.size(); i++) {
      firstSet[i + 1] = firstSet[i] + patterns.get(i).literals().size();
    }
  }

  /**
   * @throws RegexSyntaxException if RE2J refuses a pattern
   */
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

    private final BitSet present = new BitSet(firstSet[patterns.size()]);

    @Override
    public void scan(byte[] bytes, int length, PatternHits hits) {
      present.clear();
      literals.search(bytes, length, present);
      long spent = 0;
      for (int i = 0; i < patterns.size(); i++) {
        if (present.nextClearBit(firstSet[i]) < firstSet[i + 1]) {
          continue;
        }
        spent += length;
        if (spent > BUDGET) {
          hits.incomplete();
          return;
        }
        PayloadPattern.Span span = patterns.get(i).find(bytes, 0, length);
        if (span.exists()) {
          hits.add(i, span.offset() + span.length());
        }
      }
    }
  }
}
