package io.mqttsentinel.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongFunction;

/** How long an edge takes to let clients in, and what a flood of bad ones does to good ones. */
final class LoginsBenchmark {

  /** Of good clients at a time: more than a second's worth. */
  private static final int MOST_GOOD = 3_000;

  /** Of bad ones: they and the others stay below the descriptors that a process may have. */
  private static final int MOST_BAD = 6_000;

  private static final int GOOD_SOURCES = 250;
  private static final int CLIENTS_NETWORK = 10;
  private static final int GOOD_NETWORK = 11;
  private static final int FLOOD_NETWORK = 12;
  private static final int BAD_LOGINS_NETWORK = 13;
  private static final long LEAD_NANOS = 20_000_000;
  private static final List<String> HALVES = List.of("first half", "second half");

  /** What was left to do of the connects before is not to count as what the calm costs. */
  private static final long REST_MILLIS = 20_000;

  /** PostgreSQL counts up to a second late. */
  private static final long COUNTED_MILLIS = 1_500;

  private final LoginsOptions options;
  private final SystemUnderTest system;
  private final LoginAccounts accounts;
  private final String run;
  private final PrintStream progress;
  private final ProcFs proc = ProcFs.ofThisMachine();

  /**
   * @param run 8 characters that name this run
   */
  LoginsBenchmark(
      LoginsOptions options,
      SystemUnderTest system,
      LoginAccounts accounts,
      String run,
      PrintStream progress) {
    this.options = options;
    this.system = system;
    this.accounts = accounts;
    this.run = run;
    this.progress = progress;
  }

  /**
   * Measures; returns the report as Markdown.
   *
   * @throws IOException if the edge refuses the subscribers, or its metrics cannot be read
   */
  String measure() throws IOException, InterruptedException {
    // Each kind of client has a thread of its own: a flood must not delay who measures.
    try (MqttFleet fleet =
            new MqttFleet(system.mqtt(), options.stack().workload(run), system.publishers());
        LoginLoad clients = new LoginLoad(system.mqtt(), MOST_GOOD, false);
        LoginLoad flooder = new LoginLoad(system.mqtt(), MOST_BAD, true)) {
      fleet.subscribe(system.subscribers());
      fleet.publishers(Workload.publishers(options.alerts()));
      Meter meter = new Meter(proc, system.processes());
      LoadGenerator alerts = new LoadGenerator(fleet, meter);
      warmUp(clients, alerts);
      LoginPhase warm = warm(clients, meter);
      LoginPhase cold =
          phase("cold: each client for the first time", clients, meter, fresh(options.seconds()));
      List<FloodWindow> windows = floods(clients, flooder, alerts);
      return new LoginsReport(options, system, Machine.here(proc))
          .markdown(List.of(warm, cold), windows, fleet.traffic());
    }
  }

  private void warmUp(LoginLoad clients, LoadGenerator alerts)
      throws IOException, InterruptedException {
    if (options.warmupSeconds() > 0) {
      progress.printf("warming up for %d s%n", options.warmupSeconds());
      CompletableFuture<LoginTally.Result> logins =
          clients.run(
              schedule(options.rate(), options.warmupSeconds()), fresh(options.warmupSeconds()));
      alerts.run(options.alerts(), options.warmupSeconds(), 0);
      await(logins);
    }
  }

  private LoginPhase warm(LoginLoad clients, Meter meter) throws IOException, InterruptedException {
    int count = options.warmClients();
    int first = accounts.take(count);
    LoginSources sources = new LoginSources(CLIENTS_NETWORK, GOOD_SOURCES);
    LongFunction<LoginAttempt> again = index -> good(sources, first + (int) (index % count));
    progress.printf("%d clients connect, so that the edge remembers them%n", count);
    await(clients.run(new Schedule(System.nanoTime() + LEAD_NANOS, options.rate(), count), again));
    return phase("warm: decisions in the cache", clients, meter, again);
  }

  private LoginPhase phase(
      String name, LoginLoad clients, Meter meter, LongFunction<LoginAttempt> attempts)
      throws IOException, InterruptedException {
    progress.println(name);
    MetricsPage before = metrics();
    meter.start();
    LoginTally.Result logins =
        await(clients.run(schedule(options.rate(), options.seconds()), attempts));
    Meter.Reading use = meter.read();
    return new LoginPhase(name, logins, metrics().minus(before), use);
  }

  private List<FloodWindow> floods(LoginLoad clients, LoginLoad flooder, LoadGenerator alerts)
      throws IOException, InterruptedException {
    List<FloodWindow> windows = new ArrayList<>();
    Thread.sleep(REST_MILLIS);
    windows.add(window("calm", options.seconds(), clients, Optional.empty(), alerts));
    LoginSources flood = new LoginSources(FLOOD_NETWORK, options.sources());
    LoginSources logins = new LoginSources(BAD_LOGINS_NETWORK, options.sources());
    for (String half : HALVES) {
      Flood bad = new Flood(flooder, options.flood(), i -> bad(flood, half + i, i, i % 2 == 0));
      windows.add(half(options.flood() + " bad connects/s, " + half, clients, bad, alerts));
    }
    for (String half : HALVES) {
      Flood bad = new Flood(flooder, options.badLogins(), i -> bad(logins, half + i, i, true));
      windows.add(half(options.badLogins() + " bad logins/s, " + half, clients, bad, alerts));
    }
    return windows;
  }

  private FloodWindow half(String name, LoginLoad clients, Flood bad, LoadGenerator alerts)
      throws IOException, InterruptedException {
    return window(name, options.floodSeconds() / 2, clients, Optional.of(bad), alerts);
  }

  private FloodWindow window(
      String name, int seconds, LoginLoad clients, Optional<Flood> flood, LoadGenerator alerts)
      throws IOException, InterruptedException {
    progress.println(name);
    LoginSources sources = new LoginSources(GOOD_NETWORK, GOOD_SOURCES);
    int first = accounts.take(options.good() * seconds);
    MetricsPage before = metrics();
    long lookups = lookups();
    Optional<CompletableFuture<LoginTally.Result>> bad =
        flood.map(one -> one.load().run(schedule(one.rate(), seconds), one.attempts()));
    CompletableFuture<LoginTally.Result> good =
        clients.run(schedule(options.good(), seconds), index -> good(sources, first + (int) index));
    LoadGenerator.Result delivered = alerts.run(options.alerts(), seconds, 0);
    LoginTally.Result goodOnes = await(good);
    Optional<LoginTally.Result> badOnes =
        bad.isPresent() ? Optional.of(await(bad.get())) : Optional.empty();
    MetricsPage counted = metrics().minus(before);
    return new FloodWindow(name, goodOnes, badOnes, delivered, counted, lookups() - lookups);
  }

  /** Clients that nobody saw before, at the rate of connects. */
  private LongFunction<LoginAttempt> fresh(int seconds) {
    LoginSources sources = new LoginSources(CLIENTS_NETWORK, GOOD_SOURCES);
    int first = accounts.take(options.rate() * seconds);
    return index -> good(sources, first + (int) index);
  }

  private LoginAttempt good(LoginSources sources, int account) {
    return new LoginAttempt(
        sources.of(account), LoginAccounts.name(account), accounts.password(account));
  }

  /** No two have the same password, so that none is answered from the cache. */
  private LoginAttempt bad(LoginSources sources, String password, long index, boolean exists) {
    String name = LoginAccounts.name(accounts.victim(index));
    return new LoginAttempt(sources.of(index), exists ? name : "no-" + name, password);
  }

  private MetricsPage metrics() throws IOException, InterruptedException {
    return MetricsPage.read(system.httpPorts().get(Stack.EDGE));
  }

  private long lookups() throws IOException, InterruptedException {
    Thread.sleep(COUNTED_MILLIS);
    return accounts.lookups();
  }

  private static Schedule schedule(int rate, int seconds) {
    return Schedule.lasting(System.nanoTime() + LEAD_NANOS, rate, seconds);
  }

  private static LoginTally.Result await(CompletableFuture<LoginTally.Result> running)
      throws IOException, InterruptedException {
    try {
      return running.get();
    } catch (ExecutionException e) {
      throw new IOException("the generator failed: " + e.getCause(), e);
    }
  }

  private record Flood(LoginLoad load, int rate, LongFunction<LoginAttempt> attempts) {}
}
