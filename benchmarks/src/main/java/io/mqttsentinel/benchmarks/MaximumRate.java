package io.mqttsentinel.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Raises the rate by a quarter until it does not hold. A rate that fails is tried once more: the
 * host may have stolen the time.
 */
final class MaximumRate {

  static final double LIMIT_P99_MILLIS = 50;

  private static final double FACTOR = 1.25;
  private static final int ATTEMPTS = 2;
  private static final int HIGHEST_RATE = 100_000;

  private final int firstRate;
  private final Trial trial;
  private final PrintStream progress;
  private final List<Step> steps = new ArrayList<>();
  private LoadGenerator.Result best;
  private LoadGenerator.Result last;

  MaximumRate(int firstRate, Trial trial, PrintStream progress) {
    this.firstRate = firstRate;
    this.trial = trial;
    this.progress = progress;
  }

  /** Every step that was tried, in order. */
  List<Step> run() throws IOException, InterruptedException {
    int rate = firstRate;
    while (rate <= HIGHEST_RATE && holds(rate)) {
      rate = (int) Math.ceil(rate * FACTOR);
    }
    return steps;
  }

  /** The highest rate that held. */
  Optional<LoadGenerator.Result> best() {
    return Optional.ofNullable(best);
  }

  LoadGenerator.Result last() {
    return last;
  }

  private boolean holds(int rate) throws IOException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      last = trial.run(rate);
      Step step = Step.of(rate, last);
      steps.add(step);
      progress.println(ReportText.step(step));
      if (step.held()) {
        best = last;
        return true;
      }
    }
    return false;
  }

  /** Sends at a rate for a while. */
  interface Trial {
    LoadGenerator.Result run(int rate) throws IOException, InterruptedException;
  }

  /**
   * One rate.
   *
   * @param generatorLag P99 of how late the generator itself was, in milliseconds
   */
  record Step(
      int rate,
      Latency latency,
      long lost,
      double generatorLag,
      double stealPercent,
      boolean held) {

    static Step of(int rate, LoadGenerator.Result result) {
      Latency latency = Latency.of(result.phase().latency());
      return new Step(
          rate,
          latency,
          result.lost(),
          result.lag().p99(),
          result.use().host().stealPercent(),
          result.lost() == 0 && latency.p99() < LIMIT_P99_MILLIS);
    }
  }
}
