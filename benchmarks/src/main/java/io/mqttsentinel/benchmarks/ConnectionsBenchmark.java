package io.mqttsentinel.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Many idle connections at one edge: what they cost, and what it costs others when all return. */
final class ConnectionsBenchmark {

  private static final String IDLE = "while the idle ones are idle";
  private static final String RETURN = "while all of them come back, ";
  private static final int AT_ONCE = 32;
  private static final int PARTS = 10;
  private static final double SETTLING_SECONDS = 2;
  private static final long REST_MILLIS = 5_000;

  private final ConnectionsOptions options;
  private final SystemUnderTest system;
  private final Optional<TlsAccess> tls;
  private final String run;
  private final PrintStream progress;
  private final ProcFs proc = ProcFs.ofThisMachine();

  /**
   * @param tls where and how the idle clients connect; empty: without TLS
   * @param run 8 characters that name this run
   */
  ConnectionsBenchmark(
      ConnectionsOptions options,
      SystemUnderTest system,
      Optional<TlsAccess> tls,
      String run,
      PrintStream progress) {
    this.tls = tls;
    this.options = options;
    this.system = system;
    this.run = run;
    this.progress = progress;
  }

  /**
   * Measures; returns the report as Markdown.
   *
   * @throws IOException if the edge refuses a client, or its memory cannot be read
   */
  String measure() throws IOException, InterruptedException {
    BenchmarkOptions stack = options.stack();
    long edge = system.processes().get(Stack.EDGE);
    Meter meter = new Meter(proc, system.processes());
    // Each fleet has a thread of its own: whoever connects must not delay who measures.
    try (StageTimes stages =
            new StageTimes(system.kafka().orElseThrow(), stack.workload(run).payload());
        MqttFleet others = new MqttFleet(system.mqtt(), stack.workload(run), system.publishers());
        MqttFleet idle =
            new MqttFleet(
                tls.map(TlsAccess::broker).orElse(system.mqtt()),
                tls.map(TlsAccess::trust),
                stack.workload(run),
                system.publishers())) {
      others.subscribe(system.subscribers());
      others.publishers(Workload.publishers(options.rate()));
      LoadGenerator generator = new LoadGenerator(others, meter);
      progress.printf("warming up for %d s%n", options.warmupSeconds());
      if (options.warmupSeconds() > 0) {
        generator.run(options.rate(), options.warmupSeconds(), 0);
      }
      JvmMemory before = JvmMemory.of(edge, proc);
      progress.printf("connecting %d idle clients%n", options.connections());
      Duration first = time(() -> idle.idle(options.connections(), system.subscribers(), AT_ONCE));
      Thread.sleep(REST_MILLIS);
      JvmMemory after = JvmMemory.of(edge, proc);

      WallClock clock = WallClock.synchronize();
      progress.printf("measuring the others for %d s%n", options.seconds());
      LoadGenerator.Result calm =
          generator.run(options.rate(), options.seconds(), SETTLING_SECONDS);
      List<Return> returns = new ArrayList<>(options.returns());
      for (int i = 0; i < options.returns(); i++) {
        if (i > 0) {
          Thread.sleep(REST_MILLIS); // so that one return does not run into the next
        }
        progress.println("cutting all idle clients off at once; they connect again");
        returns.add(comeBack(RETURN + (i + 1), idle, generator));
      }
      return report(before, after, first, calm, returns, stages.read(others, clock));
    }
  }

  private Return comeBack(String name, MqttFleet idle, LoadGenerator generator)
      throws IOException, InterruptedException {
    FutureTask<Duration> returning =
        new FutureTask<>(
            () -> {
              idle.cutIdle();
              return time(
                  () -> idle.idle(options.connections(), system.subscribers(), options.atOnce()));
            });
    Thread.ofPlatform().name("returning").start(returning);
    LoadGenerator.Result others = generator.run(options.rate(), options.seconds(), 0);
    Duration back = await(returning);
    return new Return(name, back, others);
  }

  private String report(
      JvmMemory before,
      JvmMemory after,
      Duration first,
      LoadGenerator.Result calm,
      List<Return> returns,
      MessageWays ways) {
    Machine machine = Machine.here(proc);
    CpuTable cpu = new CpuTable().row(IDLE, calm.use());
    returns.forEach(r -> cpu.row(r.name(), r.others().use()));
    JvmMemory.Each each = after.eachSince(before, options.connections());
    return String.format(
        Locale.ROOT,
        """
        ```
        %s
        ```

        %s, %s. %d cores, %d MiB, %s, %s.

        | %d idle connections, one subscription each | |
        |---|---:|
        | edge: heap for each | %.0f bytes |
        | edge: resident memory for each | %.0f bytes |
        | edge: heap, resident memory before | %.1f, %.0f MiB |
        | edge: heap, resident memory with them | %.1f, %.0f MiB |
        | all connected and subscribed in | %s |
        | all back after all were cut off | %s |

        | %d others, %d messages a second, ms | p50 | p95 | p99 | p99.9 | max | lost | steal |
        |---|---:|---:|---:|---:|---:|---:|---:|
        %s
        %s

        | the others' p99 in each tenth of that time, ms |%s
        |---|%s
        %s
        %s

        %s
        %s\
        """,
        options.command(),
        LocalDate.now(ZoneOffset.UTC),
        system.description(),
        machine.cores(),
        machine.memoryMiB(),
        machine.jvm(),
        machine.kernel(),
        options.connections(),
        each.heap(),
        each.rss(),
        before.heapMiB(),
        before.rssMiB(),
        after.heapMiB(),
        after.rssMiB(),
        seconds(first),
        returns.stream().map(r -> seconds(r.back())).collect(Collectors.joining(", ")),
        options.clients(),
        options.rate(),
        row(IDLE, calm),
        returns.stream().map(r -> row(r.name(), r.others())).collect(Collectors.joining("\n")),
        columns(i -> " " + (i + 1) + " |"),
        columns(i -> "---:|"),
        partsRow(IDLE, calm),
        returns.stream().map(r -> partsRow(r.name(), r.others())).collect(Collectors.joining("\n")),
        waits(ways, calm, returns),
        cpu.markdown());
  }

  private static String row(String name, LoadGenerator.Result result) {
    Latency latency = Latency.of(result.phase().latency());
    return String.format(
        Locale.ROOT,
        "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %d | %.1f %% |",
        name,
        latency.p50(),
        latency.p95(),
        latency.p99(),
        latency.p999(),
        latency.max(),
        result.lost(),
        result.use().host().stealPercent());
  }

  /** When it was slow, which tells whether those who go are the trouble, or those who come. */
  private static String partsRow(String name, LoadGenerator.Result result) {
    List<Latency> parts = result.phase().parts(PARTS);
    return "| %s |".formatted(name)
        + columns(i -> String.format(Locale.ROOT, " %.0f |", parts.get(i).p99()));
  }

  /** Which stage made the slowest hundredth slow. */
  private static String waits(MessageWays ways, LoadGenerator.Result calm, List<Return> returns) {
    List<String> names = ways.stages().stream().map(MessageWays.Stage::name).toList();
    StringBuilder table = new StringBuilder("| the slowest hundredth, ms since the stage before |");
    names.forEach(name -> table.append(' ').append(name).append(" |"));
    table.append("\n|---|").append("---:|".repeat(names.size())).append('\n');
    table.append(waitsRow(IDLE, ways.of(calm.phase())));
    returns.forEach(r -> table.append(waitsRow(r.name(), ways.of(r.others().phase()))));
    return table.toString();
  }

  private static String waitsRow(String name, MessageWays ways) {
    return ways.stages().stream()
        .map(stage -> String.format(Locale.ROOT, " %.0f |", stage.slowest()))
        .collect(Collectors.joining("", "| " + name + " |", "\n"));
  }

  private static String columns(IntFunction<String> column) {
    return IntStream.range(0, PARTS).mapToObj(column).collect(Collectors.joining());
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  private static Duration time(Step step) throws IOException, InterruptedException {
    long start = System.nanoTime();
    step.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static Duration await(FutureTask<Duration> task)
      throws IOException, InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IOException("the idle clients did not come back: " + e.getCause().getMessage(), e);
    }
  }

  /**
   * @param name of its rows
   * @param back how long it took until all were connected and subscribed again
   * @param others what the others noticed
   */
  private record Return(String name, Duration back, LoadGenerator.Result others) {}

  private interface Step {
    void run() throws IOException, InterruptedException;
  }
}
