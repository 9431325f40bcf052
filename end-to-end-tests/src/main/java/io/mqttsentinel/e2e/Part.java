package io.mqttsentinel.e2e;

import java.util.Locale;

/** One process of a cluster: the n-th of its kind, from 0. */
record Part(Kind kind, int index) {

  /** What a process is. */
  enum Kind {
    KAFKA,
    /** All four stages of inspection in one process, for tests that need no more. */
    INSPECTION,
    PATTERN_MATCHER,
    ANOMALY_DETECTOR,
    AUTH_VERIFIER,
    EVENT_AGGREGATOR,
    FANOUT,
    EDGE,
    BRIDGE;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static final Part KAFKA = new Part(Kind.KAFKA, 0);
  static final Part INSPECTION = new Part(Kind.INSPECTION, 0);
  static final Part FANOUT = new Part(Kind.FANOUT, 0);
  static final Part BRIDGE = new Part(Kind.BRIDGE, 0);

  static Part edge(int lane) {
    return new Part(Kind.EDGE, lane);
  }

  @Override
  public String toString() {
    return kind.text() + "-" + index;
  }
}
