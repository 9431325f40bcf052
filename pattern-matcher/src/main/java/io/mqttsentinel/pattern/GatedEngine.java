package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Engines that share the patterns: those that can occur in any text, and those that need one of the
 * {@link SpecialBytes}; of a choice each alternative goes where it belongs. Ordinary telemetry
 * meets the first only. What a database costs to compile grows faster than its patterns, so they
 * are several; special ones are matched no more slowly so, while each further one for all texts
 * costs ordinary telemetry a third of a microsecond.
 */
final class GatedEngine implements PatternEngine {

  /** Special patterns of one engine at most. */
  static final int MOST_TOGETHER = 60;

  /** Patterns for any text of one engine at most. */
  static final int MOST_ORDINARY = 150;

  private final List<Part> ordinary;
  private final List<Part> special;

  private final int patterns;

  private GatedEngine(List<Part> ordinary, List<Part> special, int patterns) {
    this.ordinary = ordinary;
    this.special = special;
    this.patterns = patterns;
  }

  /**
   * @throws RegexSyntaxException if the engine refuses a pattern
   */
  static PatternEngine compile(List<PayloadPattern> patterns, PatternCompiler compiler) {
    try {
      return divide(patterns, compiler);
    } catch (RegexSyntaxException e) {
      // An alternative that can never match is refused alone, and passes beside others.
      return divide(patterns.stream().map(PayloadPattern::undivided).toList(), compiler);
    }
  }

  private static PatternEngine divide(List<PayloadPattern> patterns, PatternCompiler compiler) {
    Share ordinary = share(patterns, false);
    Share special = share(patterns, true);
    if (ordinary.isEmpty() || special.isEmpty()) {
      return compiler.compile(patterns);
    }
    List<Share> shares = new ArrayList<>(ordinary.divided(MOST_ORDINARY));
    int behindOrdinary = shares.size();
    shares.addAll(special.divided(MOST_TOGETHER));
    List<Part> parts = Parallel.map(shares, Share::alternatives, share -> part(share, compiler));
    return new GatedEngine(
        parts.subList(0, behindOrdinary),
        parts.subList(behindOrdinary, parts.size()),
        patterns.size());
  }

  private static Share share(List<PayloadPattern> patterns, boolean special) {
    List<PayloadPattern> some = new ArrayList<>();
    IntStream.Builder numbers = IntStream.builder();
    for (int i = 0; i < patterns.size(); i++) {
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

  private static Part part(Share share, PatternCompiler compiler) {
    return new Part(compiler.compile(share.patterns()), share.numbers());
  }

  @Override
  public String name() {
    return ordinary.getFirst().engine().name();
  }

  @Override
  public int patterns() {
    return patterns;
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

    /** What compiling takes grows with these. */
    int alternatives() {
      return patterns.stream().mapToInt(pattern -> pattern.options().size()).sum();
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

    @Override
    public void scan(byte[] bytes, int length, PatternHits hits) {
      scan(ordinaryScanners, bytes, length, hits);
      if (SpecialBytes.occurIn(bytes, length)) {
        scan(specialScanners, bytes, length, hits);
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
