package io.mqttsentinel.pattern;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Two engines: one for all patterns, and one for the few that can occur in a text without any of
 * the {@link SpecialBytes}. Ordinary telemetry meets the second one only.
 */
final class GatedEngine implements PatternEngine {

  private final PatternEngine all;
  private final PatternEngine ordinary;

  /** What the patterns of {@link #ordinary} are called in {@link #all}. */
  private final int[] numbers;

  private GatedEngine(PatternEngine all, PatternEngine ordinary, int[] numbers) {
    this.all = all;
    this.ordinary = ordinary;
    this.numbers = numbers;
  }

  static PatternEngine compile(List<PayloadPattern> patterns, EngineChoice choice) {
    int[] numbers =
        IntStream.range(0, patterns.size())
            .filter(i -> !patterns.get(i).needsSpecialByte())
            .toArray();
    PatternEngine all = choice.compile(patterns);
    if (numbers.length == 0 || numbers.length == patterns.size()) {
      return all;
    }
    return new GatedEngine(
        all, choice.compile(IntStream.of(numbers).mapToObj(patterns::get).toList()), numbers);
  }

  @Override
  public String name() {
    return all.name();
  }

  @Override
  public int patterns() {
    return all.patterns();
  }

  /** For texts that hold anything special. */
  PatternEngine all() {
    return all;
  }

  /** For all other texts. */
  PatternEngine ordinary() {
    return ordinary;
  }

  @Override
  public Scanner scanner() {
    Scanner allScanner = all.scanner();
    Scanner ordinaryScanner = ordinary.scanner();
    PatternHits few = new PatternHits(ordinary.patterns());
    return (bytes, length, hits) -> {
      if (SpecialBytes.occurIn(bytes, length)) {
        allScanner.scan(bytes, length, hits);
        return;
      }
      few.clear();
      ordinaryScanner.scan(bytes, length, few);
      for (int i = few.next(0); i >= 0; i = few.next(i + 1)) {
        hits.add(numbers[i], few.end(i));
      }
      if (!few.isComplete()) {
        hits.incomplete();
      }
    };
  }
}
