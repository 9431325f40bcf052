package io.mqttsentinel.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** The ways of many messages through the stages. */
record MessageWays(List<Way> all) {

  private static final int SLOWEST_SHARE = 100;

  /** Those of one phase. */
  MessageWays of(Phase phase) {
    return new MessageWays(all.stream().filter(way -> way.phase() == phase).toList());
  }

  /**
   * How many messages got which verdict: anything but ALLOW costs more and is another benchmark.
   */
  Map<String, Long> verdicts() {
    return all.stream()
        .collect(Collectors.groupingBy(Way::verdict, TreeMap::new, Collectors.counting()));
  }

  /** What each stage took, in the order of the way. */
  List<Stage> stages() {
    Map<String, Histogram> steps = new LinkedHashMap<>();
    all.forEach(
        way ->
            way.micros()
                .forEach(
                    (name, micros) ->
                        Latency.record(
                            steps.computeIfAbsent(name, n -> Latency.histogram()),
                            micros * 1_000)));
    List<Way> slowest = slowest();
    List<Stage> stages = new ArrayList<>();
    steps.forEach(
        (name, histogram) ->
            stages.add(new Stage(name, Latency.of(histogram), mean(name, slowest))));
    return stages;
  }

  /** The hundredth that took longest: what they waited for is what makes P99. */
  private List<Way> slowest() {
    return all.stream()
        .sorted(Comparator.comparingLong(Way::total).reversed())
        .limit(Math.ceilDiv(all.size(), SLOWEST_SHARE))
        .toList();
  }

  private static double mean(String step, List<Way> ways) {
    return ways.stream().mapToLong(way -> way.micros().getOrDefault(step, 0L)).average().orElse(0)
        / 1_000;
  }

  /**
   * One message's way.
   *
   * @param micros from one stage to the next, in their order
   */
  record Way(Phase phase, String verdict, Map<String, Long> micros) {

    long total() {
      return micros.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * One step of the way.
   *
   * @param slowest milliseconds in the slowest hundredth of the messages, the mean
   */
  record Stage(String name, Latency latency, double slowest) {}
}
