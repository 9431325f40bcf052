package io.mqttsentinel.benchmarks;

import io.mqttsentinel.edge.EdgeDecisions;
import java.io.IOException;
import java.io.PrintStream;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/** Decisions of an edge on logins, each counted from when it was due. */
final class DecisionsBenchmark {

  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_SECONDS = 60;
  private static final int ALLOWED = 1;
  private static final int REMEMBERED = 2;

  private final DecisionsOptions options;
  private final EdgeDecisions edge;
  private final LoginAccounts accounts;
  private final PrintStream progress;

  private DecisionsBenchmark(
      DecisionsOptions options, EdgeDecisions edge, LoginAccounts accounts, PrintStream progress) {
    this.options = options;
    this.edge = edge;
    this.accounts = accounts;
    this.progress = progress;
  }

  /**
   * Starts what is needed and measures; returns the report as Markdown.
   *
   * @throws IOException if there is no PostgreSQL, or it fails
   */
  static String measure(DecisionsOptions options, PrintStream progress)
      throws IOException, InterruptedException {
    progress.printf("starting PostgreSQL with %d accounts%n", options.accounts());
    try (Postgres database = Postgres.start(Stack.freePort());
        LoginAccounts accounts =
            LoginAccounts.create(database, options.hash(), options.accounts(), progress);
        EdgeDecisions edge = EdgeDecisions.open(settings(database, options.hash()))) {
      return new DecisionsBenchmark(options, edge, accounts, progress).measure();
    }
  }

  private static Map<String, Object> settings(Postgres database, LoginHash hash) {
    Map<String, Object> settings = new HashMap<>(database.settings());
    settings.putAll(hash.settings());
    return settings;
  }

  private String measure() throws InterruptedException {
    progress.printf("warming up for %d s%n", options.warmupSeconds());
    int warmup = accounts.take(options.rate() * options.warmupSeconds());
    var _ = run("warm-up", warmup, options.warmupSeconds());
    int first = accounts.take(options.rate() * options.seconds());
    progress.println("each client for the first time");
    Row miss = run("each client for the first time", first, options.seconds());
    progress.println("the same again");
    Row hit = run("the same again, as they are remembered", first, options.seconds());
    return report(miss, hit);
  }

  private Row run(String name, int first, int seconds) throws InterruptedException {
    Schedule schedule = Schedule.lasting(System.nanoTime() + LEAD_NANOS, options.rate(), seconds);
    int count = Math.toIntExact(schedule.count());
    AtomicLongArray took = new AtomicLongArray(count);
    AtomicIntegerArray how = new AtomicIntegerArray(count);
    CountDownLatch open = new CountDownLatch(count);
    Pacer pacer = new Pacer();
    pacer.run(
        schedule,
        index -> {
          int account = first + (int) index;
          edge.decide(
              LoginAccounts.name(account),
              accounts.password(account),
              decision -> {
                took.set((int) index, System.nanoTime() - schedule.intendedNanos(index));
                how.set(
                    (int) index,
                    (decision.allowed() ? ALLOWED : 0) | (decision.remembered() ? REMEMBERED : 0));
                open.countDown();
              });
        });
    boolean all = open.await(LONGEST_SECONDS, TimeUnit.SECONDS);
    return row(name, took, how, all ? 0 : open.getCount(), pacer.lag());
  }

  private static Row row(
      String name, AtomicLongArray took, AtomicIntegerArray how, long undecided, Latency lag) {
    Histogram histogram = Latency.histogram();
    int allowed = 0;
    int remembered = 0;
    for (int i = 0; i < took.length(); i++) {
      if (took.get(i) > 0) {
        Latency.record(histogram, took.get(i));
      }
      allowed += (how.get(i) & ALLOWED) == 0 ? 0 : 1;
      remembered += (how.get(i) & REMEMBERED) == 0 ? 0 : 1;
    }
    return new Row(name, Latency.of(histogram), allowed, remembered, undecided, lag.p99());
  }

  private String report(Row miss, Row hit) {
    Machine machine = Machine.here(ProcFs.ofThisMachine());
    return String.format(
        Locale.ROOT,
        """
        ```
        %s
        ```

        %s, the authentication of one edge alone, PostgreSQL with %d accounts (%s). %d cores, %d MiB, %s, %s.

        | %d decisions/s, ms from when it was due | p50 | p95 | p99 | p99.9 | max | decisions | allowed | remembered | undecided | generator late, p99 |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
        %s
        %s
        """,
        options.command(),
        LocalDate.now(ZoneOffset.UTC),
        options.accounts(),
        options.hash().word(),
        machine.cores(),
        machine.memoryMiB(),
        machine.jvm(),
        machine.kernel(),
        options.rate(),
        miss.markdown(),
        hit.markdown());
  }

  /**
   * One kind of decisions.
   *
   * @param undecided after a minute
   * @param late milliseconds
   */
  private record Row(
      String name, Latency took, int allowed, int remembered, long undecided, double late) {

    String markdown() {
      return String.format(
          Locale.ROOT,
          "| %s | %.2f | %.2f | %.2f | %.2f | %.2f | %d | %d | %d | %d | %.2f |",
          name,
          took.p50(),
          took.p95(),
          took.p99(),
          took.p999(),
          took.max(),
          took.count(),
          allowed,
          remembered,
          undecided,
          late);
    }
  }
}
