package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTextTest {

  private static final Latency PIPELINE = new Latency(36_000, 12, 20, 28, 40, 50);
  private static final Latency HOP = new Latency(18_000, 2, 4, 8, 10, 20);

  @Test
  void quotesThePipelineAsAMultipleOfTheYardstick() {
    String text = ReportText.markdown(report(HOP, List.of()));
    assertTrue(text.contains("| in to out over MQTT | 12.0 | 20.0 | 28.0 | 40.0 | 50.0 |"), text);
    assertTrue(
        text.contains("(goal: p50 ≤ 8, p99 ≤ 4) | **6.0** | 5.0 | **3.5** | 4.0 | 2.5 |"), text);
    assertTrue(text.contains("| 1 | 12.0 | 28.0 | 2.0 | 8.0 | 12.5 |"), text);
  }

  @Test
  void saysWhatTheMachineDidBesides() {
    String text = ReportText.markdown(report(HOP, List.of()));
    // 40 of 200 ticks idle, 25 stolen: 67.5 % busy; 20 s of 2 x 20 s are the run's own: 50 %.
    assertTrue(text.contains("Steal 12.5 %, busy 67.5 %"), text);
    assertTrue(text.contains("of it 18 % with processes outside of the run"), text);
    assertTrue(text.contains("| all-in-one | 20.0 | 1.00 | 512 |"), text);
  }

  @Test
  void withoutYardstickThereIsNoRatio() {
    String text = ReportText.markdown(report(null, List.of()));
    assertFalse(text.contains("ratio"), text);
    assertTrue(text.contains("| 1 | 12.0 | 28.0 | – | – | 12.5 |"), text);
  }

  @Test
  void losesAreSeen() {
    String text = ReportText.markdown(report(HOP, List.of()));
    assertTrue(text.contains("**lost 3**, duplicates 2, out of order 1"), text);
    assertTrue(text.contains("Connections lost: 1. The first: gone."), text);
  }

  @Test
  void namesTheHighestRateThatHeld() {
    List<MaximumRate.Step> steps =
        List.of(step(600, true), step(750, true), step(938, false), step(938, false));
    String text = ReportText.markdown(report(null, steps));
    assertTrue(text.contains("nothing lost: **750 msg/s**."), text);
    assertTrue(text.contains("| 938 | 12.0 | 28.0 | 40.0 | 0 | 0.2 | 0.0 | no |"), text);
  }

  @Test
  void saysThatNoRateHeld() {
    String text = ReportText.markdown(report(null, List.of(step(600, false), step(600, false))));
    assertTrue(text.contains("No rate held: P99 was 50 ms or more"), text);
  }

  @Test
  void progressIsOneLine() {
    assertEquals(
        "round 1 of 6: p50 12.0 ms, p99 28.0 ms; one Kafka hop p50 2.0 ms, p99 8.0 ms;"
            + " steal 12.5 %",
        ReportText.round(new Report.Round(1, PIPELINE, HOP, 12.5), 6));
    assertEquals(
        "600 msg/s: p50 12.0 ms, p99 28.0 ms, lost 0, steal 0.0 %: holds",
        ReportText.step(step(600, true)));
  }

  private static MaximumRate.Step step(int rate, boolean held) {
    return new MaximumRate.Step(rate, PIPELINE, 0, 0.2, 0, held);
  }

  private static Report report(Latency yardstick, List<MaximumRate.Step> steps) {
    return new Report(
        "./sentinel bench --rate 600",
        "all services in one JVM",
        "2026-01-01",
        new Machine(2, 24_000, "a JVM", "a kernel"),
        600,
        1_000,
        12,
        300,
        1,
        30,
        1,
        new Report.Messages(36_000, 35_999, 35_997, 3, 2, 1, 0, 0, 0, 1, "gone"),
        new Report.Latencies(
            PIPELINE,
            yardstick,
            0,
            List.of(new Report.Round(1, PIPELINE, yardstick, 12.5)),
            List.of(new MessageWays.Stage("→ pattern-matcher", HOP, 3.5)),
            Map.of("ALLOW", 36_000L)),
        0.2,
        new Meter.Reading(
            20, new HostCpu(200, 40, 25), Map.of("all-in-one", new ProcessUse(20, 512))),
        steps);
  }
}
