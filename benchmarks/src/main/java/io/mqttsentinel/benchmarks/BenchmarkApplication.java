package io.mqttsentinel.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** {@code ./sentinel bench}: exits with 0 when it measured, whatever the figures say. */
public final class BenchmarkApplication {

  private static final int COULD_NOT_MEASURE = 1;
  private static final int BAD_ARGUMENTS = 2;

  private BenchmarkApplication() {}

  /** What the first word, where there is one, asks for. */
  private record Kind(String usage, Run run, boolean isNamed) {

    static Kind of(List<String> arguments) {
      return switch (arguments.isEmpty() ? "" : arguments.getFirst()) {
        case ConnectionsOptions.NAME ->
            new Kind(
                ConnectionsOptions.USAGE, all -> connections(ConnectionsOptions.parse(all)), true);
        case LoginsOptions.NAME ->
            new Kind(LoginsOptions.USAGE, all -> logins(LoginsOptions.parse(all)), true);
        case DecisionsOptions.NAME ->
            new Kind(DecisionsOptions.USAGE, all -> decisions(DecisionsOptions.parse(all)), true);
        default ->
            new Kind(BenchmarkOptions.USAGE, all -> measure(BenchmarkOptions.parse(all)), false);
      };
    }
  }

  private interface Run {
    void with(List<String> arguments) throws IOException, InterruptedException;
  }

  public static void main(String[] args) {
    List<String> arguments = List.of(args);
    Kind kind = Kind.of(arguments);
    if (kind.isNamed()) {
      arguments = arguments.subList(1, arguments.size());
    }
    if (arguments.contains("--help") || arguments.contains("-h")) {
      System.out.print(kind.usage());
      return;
    }
    System.exit(run(arguments, kind));
  }

  private static int run(List<String> arguments, Kind kind) {
    try {
      kind.run().with(arguments);
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println("sentinel bench: " + e.getMessage());
      System.err.println("sentinel bench --help lists the options");
      return BAD_ARGUMENTS;
    } catch (IOException e) {
      System.err.println("sentinel bench: " + e.getMessage());
      return COULD_NOT_MEASURE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return COULD_NOT_MEASURE;
    }
  }

  private static void measure(BenchmarkOptions options) throws IOException, InterruptedException {
    try (SystemUnderTest system = start(options)) {
      Report report = new Benchmark(options, system, name(), System.err).measure();
      System.out.println();
      System.out.print(ReportText.markdown(report));
      if (options.json().isPresent()) {
        write(report, options.json().get());
      }
    }
  }

  private static void connections(ConnectionsOptions options)
      throws IOException, InterruptedException {
    Optional<TlsAccess> tls =
        options.tls() ? Optional.of(TlsAccess.create(Stack.freePort())) : Optional.empty();
    List<String> settings = tls.map(TlsAccess::settings).orElse(List.of());
    try (SystemUnderTest system = Stack.start(options.stack(settings))) {
      String report = new ConnectionsBenchmark(options, system, tls, name(), System.err).measure();
      System.out.println();
      System.out.print(report);
    }
  }

  private static void logins(LoginsOptions options) throws IOException, InterruptedException {
    PrintStream progress = System.err;
    progress.printf("starting PostgreSQL with %d accounts%n", options.accounts());
    try (Postgres database = Postgres.start(Stack.freePort());
        LoginAccounts accounts =
            LoginAccounts.create(database, options.hash(), options.accounts(), progress);
        SystemUnderTest system = Stack.start(options.stack(), edge(database, options.hash()))) {
      accounts.shared(system.subscribers(), Optional.empty());
      accounts.shared(system.publishers(), Optional.of("clients/+/alerts"));
      String report = new LoginsBenchmark(options, system, accounts, name(), progress).measure();
      System.out.println();
      System.out.print(report);
    }
  }

  private static void decisions(DecisionsOptions options) throws IOException, InterruptedException {
    String report = DecisionsBenchmark.measure(options, System.err);
    System.out.println();
    System.out.print(report);
  }

  /** Shipped defaults, but that the many loopback addresses count as any others do. */
  private static Map<String, String> edge(Postgres database, LoginHash hash) {
    Map<String, String> settings = new HashMap<>(database.settings());
    settings.putAll(hash.settings());
    settings.put("sentinel.edge.jdbc.time-limit", "3s");
    settings.put("sentinel.edge.session-timeout", "5s");
    settings.put("sentinel.edge.limits.exempt-addresses", "none");
    return settings;
  }

  private static String name() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }

  private static SystemUnderTest start(BenchmarkOptions options)
      throws IOException, InterruptedException {
    return options.target().isPresent() ? SystemUnderTest.foreign(options) : Stack.start(options);
  }

  private static void write(Report report, Path file) throws IOException {
    Files.writeString(
        file,
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report)
            + System.lineSeparator());
  }
}
