package io.mqttsentinel.benchmarks;

import java.util.Optional;

/**
 * What good clients and subscribers noticed while others connected in vain.
 *
 * @param bad empty in the calm
 * @param lookups in the database's table of accounts, by its own count
 */
record FloodWindow(
    String name,
    LoginTally.Result good,
    Optional<LoginTally.Result> bad,
    LoadGenerator.Result alerts,
    MetricsPage edge,
    long lookups) {

  /** One calm, two of each flood. */
  static final int COUNT = 5;
}
