package io.mqttsentinel.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** One run against one system: warm-up, then pipeline and yardstick in alternation. */
final class Benchmark {

  private static final double SETTLING_SECONDS = 1;
  private static final double STEP_SETTLING_SECONDS = 3;
  private static final int ROUND_SECONDS = 10;
  private static final double YARDSTICK_SHARE = 0.5;
  private static final double SHORTEST_YARDSTICK_SECONDS = 2;
  private static final double YARDSTICK_WARMUP_SHARE = 0.25;

  private final BenchmarkOptions options;
  private final SystemUnderTest system;
  private final String run;
  private final PrintStream progress;
  private final ProcFs proc = ProcFs.ofThisMachine();

  /**
   * @param run 8 characters that name this run
   */
  Benchmark(BenchmarkOptions options, SystemUnderTest system, String run, PrintStream progress) {
    this.options = options;
    this.system = system;
    this.run = run;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @throws IOException if the system cannot be reached or refuses the clients
   */
  Report measure() throws IOException, InterruptedException {
    Workload workload = options.workload(run);
    try (MqttFleet fleet = new MqttFleet(system.mqtt(), workload, system.publishers());
        OptionalResource<Yardstick> yardstick = yardstick(workload)) {
      connect(fleet);
      Meter meter = new Meter(proc, processes());
      LoadGenerator generator = new LoadGenerator(fleet, meter);
      warmUp(generator, yardstick.resource());
      return options.findMax()
          ? findMaximum(fleet, generator)
          : alternate(fleet, generator, yardstick.resource());
    }
  }

  private void connect(MqttFleet fleet) throws IOException, InterruptedException {
    int publishers = Workload.publishers(options.rate());
    progress.printf(
        "connecting %d subscribers and %d publishers to %s%n",
        options.clients(), publishers, system.mqtt());
    fleet.subscribe(system.subscribers());
    fleet.publishers(publishers);
  }

  private void warmUp(LoadGenerator generator, Optional<Yardstick> yardstick)
      throws InterruptedException {
    if (options.warmupSeconds() == 0) {
      return;
    }
    progress.printf("warming up for %d s%n", options.warmupSeconds());
    generator.run(options.rate(), options.warmupSeconds(), 0);
    if (yardstick.isPresent() && !options.findMax()) {
      yardstick.get().run(options.rate(), options.warmupSeconds() * YARDSTICK_WARMUP_SHARE, 0);
    }
  }

  private Report alternate(MqttFleet fleet, LoadGenerator generator, Optional<Yardstick> yardstick)
      throws InterruptedException {
    int rounds = Math.max(1, options.seconds() / ROUND_SECONDS);
    double seconds = (double) options.seconds() / rounds;
    Histogram pipelineAll = Latency.histogram();
    Histogram yardstickAll = Latency.histogram();
    List<Report.Round> table = new ArrayList<>();
    List<LoadGenerator.Result> results = new ArrayList<>();
    long yardstickLost = 0;
    WallClock clock = WallClock.synchronize();
    try (OptionalResource<StageTimes> stageTimes = stageTimes()) {
      for (int round = 1; round <= rounds; round++) {
        LoadGenerator.Result result = generator.run(options.rate(), seconds, SETTLING_SECONDS);
        results.add(result);
        pipelineAll.add(result.phase().latency());
        Latency bare = null;
        if (yardstick.isPresent()) {
          Phase phase =
              yardstick
                  .get()
                  .run(
                      options.rate(),
                      Math.max(SHORTEST_YARDSTICK_SECONDS, seconds * YARDSTICK_SHARE),
                      SETTLING_SECONDS);
          bare = Latency.of(phase.latency());
          yardstickAll.add(phase.latency());
          yardstickLost += phase.schedule().count() - phase.arrivedCount();
        }
        Report.Round row =
            new Report.Round(
                round,
                Latency.of(result.phase().latency()),
                bare,
                result.use().host().stealPercent());
        table.add(row);
        progress.println(ReportText.round(row, rounds));
      }
      MessageWays ways =
          stageTimes.resource().isPresent()
              ? stageTimes.resource().get().read(fleet, clock)
              : new MessageWays(List.of());
      return report(
          fleet,
          results,
          new Report.Latencies(
              Latency.of(pipelineAll),
              yardstick.isPresent() ? Latency.of(yardstickAll) : null,
              yardstickLost,
              table,
              ways.stages(),
              ways.verdicts()),
          List.of());
    }
  }

  private Report findMaximum(MqttFleet fleet, LoadGenerator generator)
      throws IOException, InterruptedException {
    MaximumRate search =
        new MaximumRate(
            options.rate(),
            rate -> {
              fleet.publishers(Workload.publishers(rate));
              return generator.run(rate, options.seconds(), STEP_SETTLING_SECONDS);
            },
            progress);
    List<MaximumRate.Step> steps = search.run();
    LoadGenerator.Result best = search.best().orElse(search.last());
    return report(
        fleet,
        List.of(best),
        new Report.Latencies(
            Latency.of(best.phase().latency()), null, 0, List.of(), List.of(), Map.of()),
        steps);
  }

  private Report report(
      MqttFleet fleet,
      List<LoadGenerator.Result> results,
      Report.Latencies latencies,
      List<MaximumRate.Step> steps)
      throws InterruptedException {
    Meter.Reading use = Meter.Reading.NONE;
    Traffic.Counts traffic = new Traffic.Counts(0, 0, 0, 0, 0);
    long sent = 0;
    long arrived = 0;
    long duplicates = 0;
    double lag = 0;
    for (LoadGenerator.Result result : results) {
      use = use.plus(result.use());
      traffic = traffic.plus(result.traffic());
      sent += result.sent();
      arrived += result.phase().arrivedCount();
      duplicates += result.phase().duplicates();
      lag = Math.max(lag, result.lag().p99());
    }
    long outOfOrder = fleet.withLedger(Ledger::outOfOrder);
    long foreign = fleet.withLedger(Ledger::foreign);
    return new Report(
        options.command(),
        system.description(),
        LocalDate.now(ZoneOffset.UTC).toString(),
        Machine.here(proc),
        options.rate(),
        options.clients(),
        fleet.publisherCount(),
        options.payloadBytes(),
        options.qos(),
        options.warmupSeconds(),
        options.lingerMillis(),
        new Report.Messages(
            sent,
            traffic.acknowledged(),
            arrived,
            sent - arrived,
            duplicates,
            outOfOrder,
            foreign,
            traffic.refused(),
            traffic.unsendable(),
            traffic.connectionsLost(),
            fleet.traffic().firstLoss()),
        latencies,
        lag,
        use,
        steps);
  }

  private OptionalResource<Yardstick> yardstick(Workload workload)
      throws IOException, InterruptedException {
    return system.kafka().isEmpty()
        ? OptionalResource.none()
        : OptionalResource.of(
            new Yardstick(system.kafka().get(), workload, run, options.lingerMillis()));
  }

  private OptionalResource<StageTimes> stageTimes() {
    return system.kafka().flatMap(KafkaAccess::registryUrl).isEmpty()
        ? OptionalResource.none()
        : OptionalResource.of(
            new StageTimes(system.kafka().get(), options.workload(run).payload()));
  }

  private Map<String, Long> processes() {
    Map<String, Long> all = new LinkedHashMap<>(system.processes());
    all.put("generator", ProcessHandle.current().pid());
    return all;
  }
}
