package io.mqttsentinel.pattern;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/**
 * Two engines: one for all patterns, and one for those that can occur in a text without any of the
 * {@link SpecialBytes}. Ordinary telemetry meets the second one only, as soon as it is compiled: a
 * start does not wait for it.
 */
final class GatedEngine implements PatternEngine {

  private final PatternEngine all;
  private final FutureTask<PatternEngine> ordinary;

  /** What the patterns of {@link #ordinary} are called in {@link #all}. */
  private final int[] numbers;

  private GatedEngine(PatternEngine all, FutureTask<PatternEngine> ordinary, int[] numbers) {
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
    FutureTask<PatternEngine> ordinary =
        new FutureTask<>(
            () -> choice.compile(IntStream.of(numbers).mapToObj(patterns::get).toList()));
    Thread.ofPlatform().name("pattern-compiler").daemon().start(ordinary);
    return new GatedEngine(all, ordinary, numbers);
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

  /** For all other texts; waits until it is compiled. */
  PatternEngine ordinary() {
    try {
      return ordinary.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("compiled with the others before", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while patterns are compiled", e);
    }
  }

  @Override
  public Scanner scanner() {
    return new GatedScanner();
  }

  private final class GatedScanner implements Scanner {

    private final Scanner allScanner = all.scanner();
    private Scanner ordinaryScanner;
    private PatternHits few;

    @Override
    public void scan(byte[] bytes, int length, PatternHits hits) {
      if (SpecialBytes.occurIn(bytes, length) || !isReady()) {
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
    }

    private boolean isReady() {
      if (ordinaryScanner == null && ordinary.state() == Future.State.SUCCESS) {
        ordinaryScanner = ordinary.resultNow().scanner();
        few = new PatternHits(ordinary.resultNow().patterns());
      }
      return ordinaryScanner != null;
    }
  }
}
