package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/**
 * Engines that share the patterns: those that can occur in any text, those that need one of the
 * {@link SpecialBytes}, and the exceptions of others. Ordinary telemetry meets the first only; an
 * exception is sought where a pattern was found that has one. The special ones are several engines:
 * what a database costs to compile grows faster than its patterns, and several are matched no more
 * slowly than one. All are compiled on two threads.
 */
final class GatedEngine implements PatternEngine {

  /** Special patterns of one engine at most. */
  static final int MOST_TOGETHER = 60;

  private final Part ordinary;
  private final List<Part> special;

  /** Empty for none. */
  private final List<Part> exceptions;

  /** Of each pattern that is no exception itself, whether it has one. */
  private final boolean[] hasException;

  private GatedEngine(
      Part ordinary, List<Part> special, List<Part> exceptions, boolean[] hasException) {
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
    List<int[]> shares = new ArrayList<>(List.of(ordinary));
    shares.addAll(shares(special));
    int behindSpecial = shares.size();
    if (late.length > 0) {
      shares.add(late);
    }
    List<Part> parts = compile(patterns, shares, compiler);
    return new GatedEngine(
        parts.getFirst(),
        parts.subList(1, behindSpecial),
        parts.subList(behindSpecial, parts.size()),
        hasException);
  }

  private static int[] numbers(List<PayloadPattern> patterns, int end, boolean special) {
    return IntStream.range(0, end)
        .filter(i -> patterns.get(i).needsSpecialByte() == special)
        .toArray();
  }

  /** Neighbours stay together: rules of one file look for the same literals. */
  private static List<int[]> shares(int[] numbers) {
    int count = (numbers.length + MOST_TOGETHER - 1) / MOST_TOGETHER;
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                Arrays.copyOfRange(
                    numbers, i * numbers.length / count, (i + 1) * numbers.length / count))
        .toList();
  }

  /** This thread begins with the first, which is the largest, another one with the last. */
  private static List<Part> compile(
      List<PayloadPattern> patterns, List<int[]> shares, PatternCompiler compiler) {
    List<FutureTask<Part>> tasks =
        shares.stream()
            .map(share -> new FutureTask<>(() -> part(patterns, share, compiler)))
            .toList();
    Thread.ofPlatform()
        .name("pattern-compiler")
        .daemon()
        .start(() -> tasks.reversed().forEach(FutureTask::run));
    tasks.forEach(FutureTask::run); // does nothing where the other thread has begun it
    return tasks.stream().map(GatedEngine::await).toList();
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
    return hasException.length + exceptions.stream().mapToInt(part -> part.numbers().length).sum();
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
    private final List<PartScanner> specialScanners = scanners(special);
    private final List<PartScanner> exceptionScanners = scanners(exceptions);

    @Override
    public void scan(byte[] bytes, int length, PatternHits hits) {
      ordinaryScanner.scan(bytes, length, hits);
      if (SpecialBytes.occurIn(bytes, length)) {
        scan(specialScanners, bytes, length, hits);
      }
      if (hits.any() && mayBeExcepted(hits)) {
        scan(exceptionScanners, bytes, length, hits);
      }
    }

    private static List<PartScanner> scanners(List<Part> parts) {
      return parts.stream().map(PartScanner::new).toList();
    }

    private static void scan(
        List<PartScanner> scanners, byte[] bytes, int length, PatternHits hits) {
      for (PartScanner scanner : scanners) {
        scanner.scan(bytes, length, hits);
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
