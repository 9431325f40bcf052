package io.mqttsentinel.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the command line of {@code bench logins} asks for.
 *
 * @param accounts in the database
 * @param rate connects a second while the cache is warm, and while it is cold
 * @param seconds each of these two takes, and the calm before the floods
 * @param hash how passwords are stored
 * @param good connects a second of good clients, from addresses of their own, during the floods
 * @param flood bad connects a second of the first flood: wrong passwords and unknown accounts
 * @param badLogins bad connects a second of the second flood: wrong passwords only
 * @param sources addresses that each flood comes from
 * @param floodSeconds each flood takes
 * @param alerts messages a second to the subscribers during the floods
 * @param clients subscribers
 */
record LoginsOptions(
    int accounts,
    int rate,
    int seconds,
    LoginHash hash,
    int good,
    int flood,
    int badLogins,
    int sources,
    int floodSeconds,
    int alerts,
    int clients,
    int warmupSeconds,
    List<String> settings,
    List<String> jvmOptions,
    Optional<Path> logs) {

  static final String NAME = "logins";

  static final String USAGE =
      """
      Usage: sentinel bench logins [options]

      Starts a PostgreSQL with many accounts and MQTT Sentinel, each service in its own JVM, whose
      one edge asks it. Prints how long CONNECT and the decision itself take while the edge
      remembers the clients and while it sees each for the first time; then what good clients and
      the delivery of alerts notice of two floods of bad connects. Needs PostgreSQL's server
      programs (Debian: postgresql), and Linux for its many loopback addresses.

        --accounts N        in the database (1500000)
        --rate N            connects a second, warm and cold (1500)
        --seconds N         of each, and of the calm before the floods (20, at most 40: the edge
                            remembers a client for 48 s at least)
        --hash X            sha256 (salted), bcrypt, argon2id or pbkdf2 (sha256)
        --good N            good connects a second during the floods (50)
        --flood N           bad connects a second: wrong passwords, unknown accounts (5000)
        --bad-logins N      bad connects a second: wrong passwords only (10000)
        --sources N         addresses that a flood comes from, each flood from its own (1000)
        --flood-seconds N   of each flood (40)
        --alerts N          messages a second to the subscribers during the floods (50)
        --clients N         subscribers (200)
        --warmup N          seconds at the rate of connects before anything is measured (30)
        --set KEY=VALUE, --jvm OPTIONS, --logs DIR
                            as for sentinel bench; --set sentinel.edge.abuse.ban-for=0s: no bans
      """;

  private static final int MOST_RATE = 100_000;
  private static final int LONGEST_REMEMBERED = 40;

  /**
   * Reads a command line without the word {@value #NAME}.
   *
   * @throws IllegalArgumentException naming the option, its value and what was expected
   */
  static LoginsOptions parse(List<String> arguments) {
    Arguments given = Arguments.parse(arguments);
    LoginsOptions options =
        new LoginsOptions(
            given.integer("--accounts", 1_500_000, 1, 100_000_000),
            given.integer("--rate", 1_500, 1, MOST_RATE),
            given.integer("--seconds", 20, 2, LONGEST_REMEMBERED),
            LoginHash.parse("--hash", given.text("--hash", LoginHash.SHA256.word())),
            given.integer("--good", 50, 1, MOST_RATE),
            given.integer("--flood", 5_000, 1, MOST_RATE),
            given.integer("--bad-logins", 10_000, 1, MOST_RATE),
            given.integer("--sources", 1_000, 1, LoginSources.MOST),
            given.integer("--flood-seconds", 40, 2, 600),
            given.integer("--alerts", 50, 1, MOST_RATE),
            given.integer("--clients", 200, 1, 10_000),
            given.integer("--warmup", 30, 0, 600),
            given.all("--set"),
            Arguments.words(given.text("--jvm", "")),
            given.directory("--logs"));
    given.rejectUnknown();
    if (options.accounts < options.used()) {
      throw new IllegalArgumentException(
          "--accounts is %d, expected at least the %d that good clients use"
              .formatted(options.accounts, options.used()));
    }
    return options;
  }

  /** Accounts whose decision is remembered: each connects every few seconds. */
  int warmClients() {
    return Math.min(5_000, 4 * rate);
  }

  /** Accounts that good clients use, each once but for the warm ones. */
  int used() {
    return rate * (warmupSeconds + seconds)
        + warmClients()
        + good * (seconds + 2 * floodSeconds)
        + FloodWindow.COUNT;
  }

  /** How the stack is started: each service in its own process. */
  BenchmarkOptions stack() {
    return BenchmarkOptions.ofServices(
        alerts, seconds, clients, warmupSeconds, settings, jvmOptions, logs);
  }

  /** The command that repeats this run. */
  String command() {
    StringBuilder command =
        new StringBuilder(
            ("./sentinel bench logins --accounts %d --rate %d --seconds %d --hash %s --good %d"
                    + " --flood %d --bad-logins %d --sources %d --flood-seconds %d --alerts %d"
                    + " --clients %d --warmup %d")
                .formatted(
                    accounts,
                    rate,
                    seconds,
                    hash.word(),
                    good,
                    flood,
                    badLogins,
                    sources,
                    floodSeconds,
                    alerts,
                    clients,
                    warmupSeconds));
    return command.append(Arguments.ofStack(settings, jvmOptions)).toString();
  }
}
