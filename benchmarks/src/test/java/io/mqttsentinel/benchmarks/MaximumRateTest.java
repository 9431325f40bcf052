package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaximumRateTest {

  private final List<LoadGenerator.Result> results = new ArrayList<>();

  @Test
  void raisesTheRateByAQuarterUntilItFailsTwice() throws IOException, InterruptedException {
    MaximumRate search = search(600, rate -> rate < 900 ? fast() : slow());
    assertEquals(List.of(600, 750, 938, 938), rates(search.run()));
    assertSame(results.get(1), search.best().orElseThrow());
  }

  @Test
  void oneFailureMayBeTheHostsFault() throws IOException, InterruptedException {
    MaximumRate search = search(600, rate -> results.isEmpty() || rate > 700 ? slow() : fast());
    assertEquals(List.of(600, 600, 750, 750), rates(search.run()));
    assertSame(results.get(1), search.best().orElseThrow());
  }

  @Test
  void aLostMessageFailsARateHoweverFastTheOthersAre() throws IOException, InterruptedException {
    MaximumRate search = search(600, rate -> result(1, 1));
    List<MaximumRate.Step> steps = search.run();
    assertEquals(2, steps.size());
    assertEquals(1, steps.getFirst().lost());
    assertFalse(steps.getFirst().held());
    assertTrue(search.best().isEmpty());
    assertSame(results.getLast(), search.last());
  }

  @Test
  void endsAtTheHighestRateThatTheGeneratorOffers() throws IOException, InterruptedException {
    assertEquals(List.of(90_000), rates(search(90_000, rate -> fast()).run()));
  }

  private MaximumRate search(int rate, MaximumRate.Trial trial) {
    return new MaximumRate(
        rate,
        tried -> {
          LoadGenerator.Result result = trial.run(tried);
          results.add(result);
          return result;
        },
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
  }

  private static List<Integer> rates(List<MaximumRate.Step> steps) {
    return steps.stream().map(MaximumRate.Step::rate).toList();
  }

  private static LoadGenerator.Result fast() {
    return result(49, 0);
  }

  private static LoadGenerator.Result slow() {
    return result(51, 0);
  }

  private static LoadGenerator.Result result(int latencyMillis, int lost) {
    Schedule schedule = new Schedule(0, 1_000, 100);
    Phase phase = new Phase(0, schedule, 0);
    for (int n = 0; n < 100 - lost; n++) {
      phase.arrived(n, schedule.intendedNanos(n) + latencyMillis * 1_000_000L);
    }
    return new LoadGenerator.Result(
        phase,
        Latency.of(Latency.histogram()),
        Meter.Reading.NONE,
        new Traffic.Counts(100, 0, 0, 0, 100));
  }
}
