package io.mqttsentinel.benchmarks;

import java.util.List;

/**
 * What the command line of {@code bench decisions} asks for.
 *
 * @param accounts in the database
 * @param rate decisions a second
 * @param seconds each kind takes
 * @param hash how passwords are stored
 */
record DecisionsOptions(int accounts, int rate, int seconds, LoginHash hash, int warmupSeconds) {

  static final String NAME = "decisions";

  static final String USAGE =
      """
      Usage: sentinel bench decisions [options]

      Starts a PostgreSQL with many accounts and the authentication of an edge with its defaults,
      and nothing else: no clients, no Kafka, no other service take its processors. Prints how
      long a decision takes on a fixed schedule: first each client for the first time, then the
      same ones again, as the edge remembers them. Needs PostgreSQL's server programs (Debian:
      postgresql). What a decision takes beside everything else: bench logins.

        --accounts N        in the database (1500000)
        --rate N            decisions a second (1500)
        --seconds N         of each kind (20, at most 40: an edge remembers for 48 s at least)
        --hash X            sha256 (salted), bcrypt, argon2id or pbkdf2 (sha256)
        --warmup N          seconds at that rate before anything is measured (30)
      """;

  private static final int LONGEST_REMEMBERED = 40;

  /**
   * Reads a command line without the word {@value #NAME}.
   *
   * @throws IllegalArgumentException naming the option, its value and what was expected
   */
  static DecisionsOptions parse(List<String> arguments) {
    Arguments given = Arguments.parse(arguments);
    DecisionsOptions options =
        new DecisionsOptions(
            given.integer("--accounts", 1_500_000, 1, 100_000_000),
            given.integer("--rate", 1_500, 1, 100_000),
            given.integer("--seconds", 20, 1, LONGEST_REMEMBERED),
            LoginHash.parse("--hash", given.text("--hash", LoginHash.SHA256.word())),
            given.integer("--warmup", 30, 0, 600));
    given.rejectUnknown();
    if (options.accounts < options.used()) {
      throw new IllegalArgumentException(
          "--accounts is %d, expected at least the %d that are decided on"
              .formatted(options.accounts, options.used()));
    }
    return options;
  }

  /** Accounts that are decided on; those measured are others than those of the warm-up. */
  private int used() {
    return rate * (warmupSeconds + seconds);
  }

  /** The command that repeats this run. */
  String command() {
    return "./sentinel bench decisions --accounts %d --rate %d --seconds %d --hash %s --warmup %d"
        .formatted(accounts, rate, seconds, hash.word(), warmupSeconds);
  }
}
