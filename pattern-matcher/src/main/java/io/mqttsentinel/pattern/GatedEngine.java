package io.mqttsentinel.pattern;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/**
 * Engines that share the patterns: those that can occur in any text, those that need one of the
 * {@link SpecialBytes}, and the exceptions of others. Ordinary telemetry meets the first only; an
 * exception is sought where a pattern was found that has one. The parts also compile in less time
 * than the whole takes, and side by side.
 */
final class GatedEngine implements PatternEngine {

  private final Part ordinary;
  private final Part special;

  /** Null for none. */
  private final Part exceptions;

  /** Of each pattern that is no exception itself, whether it has one. */
  private final boolean[] hasException;

  private GatedEngine(Part ordinary, Part special, Part exceptions, boolean[] hasException) {
    this.ordinary = ordinary;
    this.special = special;
    this.exceptions = exceptions;
    this.hasException = hasException;
  }

  /**
   * @param patterns exceptions behind all others
   * @param hasException of each of the others, whether there is an exception from it
   * @throws RegexSyntaxException if the engine refuses a pattern
   */
  static PatternEngine compile(
      List<PayloadPattern> patterns, boolean[] hasException, PatternCompiler compiler) {
    int[] ordinary = numbers(patterns, hasException.length, false);
    int[] special = numbers(patterns, hasException.length, true);
    if (ordinary.length == 0 || special.length == 0) {
      return compiler.compile(patterns);
    }
    int[] late = IntStream.range(hasException.length, patterns.size()).toArray();
    FutureTask<Part> beside = new FutureTask<>(() -> part(patterns, special, compiler));
    Thread.ofPlatform().name("pattern-compiler").daemon().start(beside);
    Part first = part(patterns, ordinary, compiler);
    Part last = late.length == 0 ? null : part(patterns, late, compiler);
    return new GatedEngine(first, await(beside), last, hasException);
  }

  private static int[] numbers(List<PayloadPattern> patterns, int end, boolean special) {
    return IntStream.range(0, end)
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
    return hasException.length + (exceptions == null ? 0 : exceptions.numbers().length);
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
    private final PartScanner exceptionScanner =
        exceptions == null ? null : new PartScanner(exceptions);

    @Override
    public void scan(byte[] bytes, int length, PatternHits hits) {
      ordinaryScanner.scan(bytes, length, hits);
      if (SpecialBytes.occurIn(bytes, length)) {
        specialScanner.scan(bytes, length, hits);
      }
      if (exceptionScanner != null && hits.any() && mayBeExcepted(hits)) {
        exceptionScanner.scan(bytes, length, hits);
      }
    }

    private boolean mayBeExcepted(PatternHits hits) {
      for (int i = hits.next(0); i >= 0 && i < hasException.length; i = hits.next(i + 1)) {
        if (hasException[i]) {
          return true;
        }
      }
      return false;
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
