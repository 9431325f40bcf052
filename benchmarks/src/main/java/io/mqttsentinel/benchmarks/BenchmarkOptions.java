package io.mqttsentinel.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the command line asks for.
 *
 * @param rate messages a second; with {@code findMax} the first rate that is tried
 * @param seconds how long the pipeline is measured, the yardstick's rounds not counted; with {@code
 *     findMax} how long each rate is tried
 * @param target a broker that runs already, instead of one of the two stacks
 * @param kafka where the yardstick runs when there is a target
 * @param logs where the output of started processes goes; a new temporary directory without it
 * @param lingerMillis of the yardstick's producer: the pipeline's own between its stages
 * @param settings {@code key=value} for the services' configuration
 * @param pids processes of the target whose CPU and memory are reported
 */
record BenchmarkOptions(
    int rate,
    int seconds,
    int clients,
    Processes processes,
    Optional<HostPort> target,
    Optional<HostPort> kafka,
    int payloadBytes,
    int qos,
    int warmupSeconds,
    int lingerMillis,
    boolean findMax,
    Credentials subscriberCredentials,
    Credentials publisherCredentials,
    List<Long> pids,
    List<String> settings,
    List<String> jvmOptions,
    Optional<Path> logs,
    Optional<Path> json) {

  static final String USAGE =
      """
      Usage: sentinel bench [options]
             sentinel bench connections [options]   idle connections; see its --help
             sentinel bench logins [options]        logins and floods; see its --help
             sentinel bench decisions [options]     decisions of the authentication alone; see its --help

      Sends messages over MQTT at a fixed rate, receives them over MQTT, and prints how long
      they took. Without --target it starts MQTT Sentinel for it, and measures one bare Kafka
      hop in alternation, as a yardstick for what the machine can do at that moment.

        --rate N            messages a second (600)
        --seconds N         how long to measure (60)
        --clients N         subscribers, each on its own topic clients/{id}/alerts (1000)
        --processes X       one: everything in one JVM; many: each service in its own (one)
        --payload N         bytes of each message (300)
        --qos 0|1           of publishers and subscribers (1)
        --warmup N          seconds at the same rate before anything is measured (30)
        --find-max          raise the rate until P99 reaches 50 ms or messages are lost;
                            --seconds is then the time for each rate (15)
        --linger N          ms that the yardstick's producer lingers (1, as between the stages)
        --set KEY=VALUE     configuration of the services, such as sentinel.streams.linger=2ms; may
                            be given more than once
        --jvm OPTIONS       further options of the JVMs under test, in one word: --jvm=-Xmx1g;
                            {process} stands for the name of each
        --json FILE         write the report as JSON too
        --logs DIR          where the output of started processes goes (a temporary directory)

      Another broker:
        --target HOST:PORT  measure the broker that runs there
        --user U --password P
                            of all its clients; {client} stands for the client id
        --publisher-user U --publisher-password P
                            of the publishers, where they differ
        --kafka HOST:PORT   run the yardstick on this Kafka
        --pid N             report CPU and memory of this process; may be given more than once
      """;

  private static final int LARGEST_PAYLOAD = 256 * 1024;
  // A process may hold about 20 000 descriptors on common systems.
  private static final int MOST_CLIENTS = 18_000;
  private static final int FIND_MAX_SECONDS = 15;

  /** The stack of the benchmarks beside the main one: each service in its own process, QoS 1. */
  static BenchmarkOptions ofServices(
      int rate,
      int seconds,
      int clients,
      int warmupSeconds,
      List<String> settings,
      List<String> jvmOptions,
      Optional<Path> logs) {
    BenchmarkOptions usual = parse(List.of());
    return new BenchmarkOptions(
        rate,
        seconds,
        clients,
        Processes.MANY,
        usual.target(),
        usual.kafka(),
        usual.payloadBytes(),
        usual.qos(),
        warmupSeconds,
        usual.lingerMillis(),
        false,
        usual.subscriberCredentials(),
        usual.publisherCredentials(),
        usual.pids(),
        settings,
        jvmOptions,
        logs,
        usual.json());
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException naming the option, its value and what was expected
   */
  static BenchmarkOptions parse(List<String> arguments) {
    Arguments given = Arguments.parse(arguments);
    boolean findMax = given.flag("--find-max");
    Credentials everyone =
        new Credentials(given.text("--user", null), given.text("--password", null));
    List<Long> pids = new ArrayList<>();
    given.all("--pid").forEach(pid -> pids.add(Arguments.number("--pid", pid, 1, 1L << 22)));
    BenchmarkOptions options =
        new BenchmarkOptions(
            given.integer("--rate", 600, 1, 100_000),
            given.integer("--seconds", findMax ? FIND_MAX_SECONDS : 60, 1, 3_600),
            given.integer("--clients", 1_000, 1, MOST_CLIENTS),
            processes(given.text("--processes", "one")),
            given.address("--target"),
            given.address("--kafka"),
            given.integer("--payload", 300, BenchmarkPayload.SMALLEST, LARGEST_PAYLOAD),
            given.integer("--qos", 1, 0, 1),
            given.integer("--warmup", 30, 0, 600),
            given.integer("--linger", 1, 0, 1_000),
            findMax,
            everyone,
            new Credentials(
                given.text("--publisher-user", everyone.user()),
                given.text("--publisher-password", everyone.password())),
            List.copyOf(pids),
            given.all("--set"),
            Arguments.words(given.text("--jvm", "")),
            given.directory("--logs"),
            given.newFile("--json"));
    given.rejectUnknown();
    options.check(given);
    return options;
  }

  private void check(Arguments given) {
    for (String option : List.of("--kafka", "--user", "--publisher-user", "--pid")) {
      if (target.isEmpty() && given.has(option)) {
        throw new IllegalArgumentException(option + " is for another broker: --target is missing");
      }
    }
    for (String option : List.of("--processes", "--set", "--jvm")) {
      if (target.isPresent() && given.has(option)) {
        throw new IllegalArgumentException(
            option + " is for the stack that the benchmark starts, not for a --target");
      }
    }
    for (String setting : settings) {
      if (setting.indexOf('=') < 1) {
        throw new IllegalArgumentException("--set is '%s', expected KEY=VALUE".formatted(setting));
      }
    }
    if (subscriberCredentials.password() != null && subscriberCredentials.user() == null) {
      throw new IllegalArgumentException("--password without --user");
    }
    if (publisherCredentials.password() != null && publisherCredentials.user() == null) {
      throw new IllegalArgumentException("--publisher-password without --publisher-user");
    }
  }

  Workload workload(String run) {
    return new Workload(clients, qos, new BenchmarkPayload(run, payloadBytes));
  }

  /** The command that repeats this run; without passwords. */
  String command() {
    StringBuilder command = new StringBuilder("./sentinel bench");
    command.append(" --rate ").append(rate);
    command.append(" --seconds ").append(seconds);
    command.append(" --clients ").append(clients);
    target.ifPresentOrElse(
        address -> command.append(" --target ").append(address),
        () -> command.append(" --processes ").append(processes.name().toLowerCase(Locale.ROOT)));
    kafka.ifPresent(address -> command.append(" --kafka ").append(address));
    command.append(" --payload ").append(payloadBytes);
    command.append(" --qos ").append(qos);
    command.append(" --warmup ").append(warmupSeconds);
    if (lingerMillis != 1) {
      command.append(" --linger ").append(lingerMillis);
    }
    command.append(Arguments.ofStack(settings, jvmOptions));
    if (findMax) {
      command.append(" --find-max");
    }
    return command.toString();
  }

  private static Processes processes(String text) {
    return switch (text) {
      case "one" -> Processes.ONE;
      case "many" -> Processes.MANY;
      default ->
          throw new IllegalArgumentException(
              "--processes is '%s', expected one or many".formatted(text));
    };
  }
}
