package io.mqttsentinel.pattern;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/**
 * Two engines that share the patterns: those that can occur in any text, and those that need one of
 * the {@link SpecialBytes}. Ordinary telemetry meets the first only. Two halves also compile in
 * half of the time that the whole takes, and side by side.
 */
final class GatedEngine implements PatternEngine {

  private final Part ordinary;
  private final Part special;

  private GatedEngine(Part ordinary, Part special) {
    this.ordinary = ordinary;
    this.special = special;
  }

  /**
   * @throws RegexSyntaxException if the engine refuses a pattern
   */
  static PatternEngine compile(List<PayloadPattern> patterns, PatternCompiler compiler) {
    int[] ordinary = numbers(patterns, false);
    int[] special = numbers(patterns, true);
    if (ordinary.length == 0 || special.length == 0) {
      return compiler.compile(patterns);
    }
    FutureTask<Part> beside = new FutureTask<>(() -> part(patterns, special, compiler));
    Thread.ofPlatform().name("pattern-compiler").daemon().start(beside);
    Part first = part(patterns, ordinary, compiler);
    return new GatedEngine(first, await(beside));
  }

  private static int[] numbers(List<PayloadPattern> patterns, boolean special) {
    return IntStream.range(0, patterns.size())
        .filter(i -> patterns.get(i).needsSpecialByte() == special)
        .toArray();
  }

  private static Part part(List<PayloadPattern> patterns, int[] numbers, PatternCompiler compiler) {
    return new Part(
        compiler.compile(IntStream.of(numbers).mapToObj(patterns::get).toList()), numbers);
  }

  private static Part await(FutureTask<Part> part) {
    try {
      return part.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException("patterns were not compiled", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while patterns are compiled", e);
    }
  }

  @Override
  public String name() {
    return ordinary.engine().name();
  }

  @Override
  public int patterns() {
    return ordinary.numbers().length + special.numbers().length;
  }

  /** How many patterns texts without special bytes meet. */
  int ordinaryPatterns() {
    return ordinary.numbers().length;
  }

  @Override
  public Scanner scanner() {
    return new GatedScanner();
  }

  /**
   * Some of the patterns.
   *
   * @param numbers what the engine's patterns are called outside
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
  private record Part(PatternEngine engine, int[] numbers) {}

  private final class GatedScanner implements Scanner {

    private final PartScanner ordinaryScanner = new PartScanner(ordinary);
    private final PartScanner specialScanner = new PartScanner(special);

    @Override
    public void scan(byte[] bytes, int length, PatternHits hits) {
      ordinaryScanner.scan(bytes, length, hits);
      if (SpecialBytes.occurIn(bytes, length)) {
        specialScanner.scan(bytes, length, hits);
      }
    }
  }

  private static final class PartScanner {

    private final Scanner scanner;
    private final int[] numbers;
    private final PatternHits own;

    PartScanner(Part part) {
      scanner = part.engine().scanner();
      numbers = part.numbers();
      own = new PatternHits(numbers.length);
    }

    void scan(byte[] bytes, int length, PatternHits hits) {
      own.clear();
      scanner.scan(bytes, length, own);
      for (int i = own.next(0); i >= 0; i = own.next(i + 1)) {
        hits.add(numbers[i], own.end(i));
      }
      if (!own.isComplete()) {
        hits.incomplete();
      }
    }
  }
}
