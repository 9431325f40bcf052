package io.mqttsentinel.allinone;

import java.util.Set;

/** The names of the services. */
public final class Services {

  /** Every service there is. */
  public static final Set<String> ALL =
      Set.of(
          "edge-broker",
          "ingest-bridge",
          "pattern-matcher",
          "anomaly-detector",
          "auth-verifier",
          "event-aggregator",
          "fanout-delivery");

  private Services() {}

  static void check(Set<String> names) {
    for (String name : names) {
      if (!ALL.contains(name)) {
        throw new IllegalArgumentException(
            "service is '%s', expected one of %s".formatted(name, ALL));
      }
    }
  }
}
