package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/**
 * Engines that share the patterns: those that can occur in any text, those that need one of the
 * {@link SpecialBytes}, and the exceptions of others; of a choice each alternative goes where it
 * belongs. Ordinary telemetry meets the first only; an exception is sought where a pattern was
 * found that has one. What a database costs to compile grows faster than its patterns, so they are
 * several; special ones are matched no more slowly so, while each further one for all texts costs
 * ordinary telemetry a third of a microsecond. They are compiled on as many threads as there are
 * processors, two at least.
 */
final class GatedEngine implements PatternEngine {

  /** Special patterns of one engine at most. */
  static final int MOST_TOGETHER = 60;

  /** Patterns for any text of one engine at most. */
  static final int MOST_ORDINARY = 150;

  private final List<Part> ordinary;
  private final List<Part> special;

  /** Empty for none. */
  private final List<Part> exceptions;

  /** Of each pattern that is no exception itself, whether it has one. */
  private final boolean[] hasException;

  private GatedEngine(
      List<Part> ordinary, List<Part> special, List<Part> exceptions, boolean[] hasException) {
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
    try {
      return divide(patterns, hasException, compiler);
    } catch (RegexSyntaxException e) {
      // An alternative that can never match is refused alone, and passes beside others.
      return divide(
          patterns.stream().map(PayloadPattern::undivided).toList(), hasException, compiler);
    }
  }

  private static PatternEngine divide(
      List<PayloadPattern> patterns, boolean[] hasException, PatternCompiler compiler) {
    Share ordinary = share(patterns, hasException.length, false);
    Share special = share(patterns, hasException.length, true);
    if (ordinary.isEmpty() || special.isEmpty()) {
      return compiler.compile(patterns);
    }
    List<Share> shares = new ArrayList<>(ordinary.divided(MOST_ORDINARY));
    int behindOrdinary = shares.size();
    shares.addAll(special.divided(MOST_TOGETHER));
    int behindSpecial = shares.size();
    if (patterns.size() > hasException.length) {
      int[] late = IntStream.range(hasException.length, patterns.size()).toArray();
      shares.add(new Share(patterns.subList(hasException.length, patterns.size()), late));
    }
    List<Part> parts = compile(shares, compiler);
    return new GatedEngine(
        parts.subList(0, behindOrdinary),
        parts.subList(behindOrdinary, behindSpecial),
        parts.subList(behindSpecial, parts.size()),
        hasException);
  }

  private static Share share(List<PayloadPattern> patterns, int end, boolean special) {
    List<PayloadPattern> some = new ArrayList<>();
    IntStream.Builder numbers = IntStream.builder();
    for (int i = 0; i < end; i++) {
      int number = i;
      patterns
          .get(i)
          .part(special)
          .ifPresent(
              part -> {
                some.add(part);
                numbers.add(number);
              });
    }
    return new Share(some, numbers.build().toArray());
  }

  /** This thread begins with the first, which are the largest, the others with the last. */
  private static List<Part> compile(List<Share> shares, PatternCompiler compiler) {
    List<FutureTask<Part>> tasks =
        shares.stream().map(share -> new FutureTask<>(() -> part(share, compiler))).toList();
    int helpers =
        Math.clamp(Runtime.getRuntime().availableProcessors(), 2, Math.max(2, tasks.size())) - 1;
    for (int i = 0; i < helpers; i++) {
      Thread.ofPlatform()
          .name("pattern-compiler-" + i)
          .daemon()
          .start(() -> tasks.reversed().forEach(FutureTask::run));
    }
    tasks.forEach(FutureTask::run); // does nothing where another thread has begun it
    return tasks.stream().map(GatedEngine::await).toList();
  }

  private static Part part(Share share, PatternCompiler compiler) {
    return new Part(compiler.compile(share.patterns()), share.numbers());
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
    return ordinary.getFirst().engine().name();
  }

  @Override
  public int patterns() {
    return hasException.length + count(exceptions);
  }

  /** How many patterns, some of them in part, texts without special bytes meet. */
  int ordinaryPatterns() {
    return count(ordinary);
  }

  private static int count(List<Part> parts) {
    return parts.stream().mapToInt(part -> part.numbers().length).sum();
  }

  @Override
  public Scanner scanner() {
    return new GatedScanner();
  }

  /**
   * What one engine is to match.
   *
   * @param numbers what the patterns are called outside
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
  private record Share(List<PayloadPattern> patterns, int[] numbers) {

    boolean isEmpty() {
      return patterns.isEmpty();
    }

    /** Neighbours stay together: rules of one file look for the same literals. */
    List<Share> divided(int most) {
      int size = patterns.size();
      int count = (size + most - 1) / most;
      return IntStream.range(0, count)
          .mapToObj(i -> between(i * size / count, (i + 1) * size / count))
          .toList();
    }

    private Share between(int from, int to) {
      return new Share(patterns.subList(from, to), Arrays.copyOfRange(numbers, from, to));
    }
  }

  /**
   * Some of the patterns.
   *
   * @param numbers what the engine's patterns are called outside
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
  private record Part(PatternEngine engine, int[] numbers) {}

  private final class GatedScanner implements Scanner {

    private final PartScanner[] ordinaryScanners = scanners(ordinary);
    private final PartScanner[] specialScanners = scanners(special);
    private final PartScanner[] exceptionScanners = scanners(exceptions);

    @Override
    public void scan(byte[] bytes, int length, PatternHits hits) {
      scan(ordinaryScanners, bytes, length, hits);
      if (SpecialBytes.occurIn(bytes, length)) {
        scan(specialScanners, bytes, length, hits);
      }
      if (hits.any() && mayBeExcepted(hits)) {
        scan(exceptionScanners, bytes, length, hits);
      }
    }

    /** An array: to go through a list can cost an object. */
    private static PartScanner[] scanners(List<Part> parts) {
      return parts.stream().map(PartScanner::new).toArray(PartScanner[]::new);
    }

    private static void scan(PartScanner[] scanners, byte[] bytes, int length, PatternHits hits) {
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
