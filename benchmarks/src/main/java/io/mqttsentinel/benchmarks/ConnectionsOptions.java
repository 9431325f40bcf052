package io.mqttsentinel.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the command line of {@code bench connections} asks for.
 *
 * @param connections idle ones, each with one subscription
 * @param clients others, which receive messages meanwhile
 * @param rate messages a second to the others
 * @param seconds how long the others are measured, before and during the reconnect
 * @param atOnce of the idle ones, how many ask to connect at the same time when all come back
 * @param returns how often all are cut off and come back, one after the other
 * @param tls whether the idle ones connect over TLS
 */
record ConnectionsOptions(
    int connections,
    int clients,
    int rate,
    int seconds,
    int warmupSeconds,
    int atOnce,
    int returns,
    boolean tls,
    List<String> settings,
    List<String> jvmOptions,
    Optional<Path> logs) {

  static final String NAME = "connections";

  static final String USAGE =
      """
      Usage: sentinel bench connections [options]

      Starts MQTT Sentinel, each service in its own JVM, and connects many idle clients with one
      subscription each to its one edge. Prints what a connection costs the edge, how long it
      takes all of them to come back after all were cut off at once, and what the others, who
      receive messages all the time, notice of it.

        --connections N     idle clients (15000)
        --clients N         others, who receive messages (500)
        --rate N            messages a second to the others (100)
        --seconds N         how long the others are measured each time (30)
        --warmup N          seconds at that rate before anything is measured (60)
        --at-once N         how many of them ask at the same time when all come back (1000)
        --returns N         how often all are cut off and come back (2: the first time, and warm)
        --tls yes|no        whether the idle ones connect over TLS 1.3 (no)
        --set KEY=VALUE, --jvm OPTIONS, --logs DIR
                            as for sentinel bench
      """;

  // A process may hold about 20 000 descriptors on common systems.
  private static final int MOST = 18_000;

  /**
   * Reads a command line without the word {@value #NAME}.
   *
   * @throws IllegalArgumentException naming the option, its value and what was expected
   */
  static ConnectionsOptions parse(List<String> arguments) {
    Arguments given = Arguments.parse(arguments);
    ConnectionsOptions options =
        new ConnectionsOptions(
            given.integer("--connections", 15_000, 1, MOST),
            given.integer("--clients", 500, 1, MOST),
            given.integer("--rate", 100, 1, 100_000),
            given.integer("--seconds", 30, 5, 3_600),
            given.integer("--warmup", 60, 0, 600),
            given.integer("--at-once", 1_000, 1, MOST),
            given.integer("--returns", 2, 1, 20),
            given.yes("--tls"),
            given.all("--set"),
            Arguments.words(given.text("--jvm", "")),
            given.directory("--logs"));
    given.rejectUnknown();
    if (options.connections + options.clients > MOST) {
      throw new IllegalArgumentException(
          "--connections and --clients together are %d, expected at most %d for one edge"
              .formatted(options.connections + options.clients, MOST));
    }
    return options;
  }

  /** How the stack is started: each service in its own process. */
  BenchmarkOptions stack() {
    return stack(List.of());
  }

  /**
   * As {@link #stack()}, with settings that are no part of the command.
   *
   * @param more {@code key=value}
   */
  BenchmarkOptions stack(List<String> more) {
    return BenchmarkOptions.ofServices(
        rate,
        seconds,
        clients,
        warmupSeconds,
        Stream.concat(settings.stream(), more.stream()).toList(),
        jvmOptions,
        logs);
  }

  /** The command that repeats this run. */
  String command() {
    StringBuilder command =
        new StringBuilder(
            "./sentinel bench connections --connections %d --clients %d --rate %d --seconds %d --warmup %d --at-once %d --returns %d"
                .formatted(connections, clients, rate, seconds, warmupSeconds, atOnce, returns));
    if (tls) {
      command.append(" --tls yes");
    }
    return command.append(Arguments.ofStack(settings, jvmOptions)).toString();
  }
}
