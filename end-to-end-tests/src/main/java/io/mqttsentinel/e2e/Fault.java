package io.mqttsentinel.e2e;

import java.time.Duration;

/**
 * One fault of a run.
 *
 * @param part what is killed with SIGKILL, or the edge whose way to Kafka is cut
 * @param cut whether the network fails instead of the process
 * @param downtime until it is started, or the network is back
 */
record Fault(Part part, boolean cut, Duration downtime) {

  /** What is reported together. */
  String kind() {
    return cut ? "network-of-edge" : part.kind().text();
  }

  @Override
  public String toString() {
    return "%s %s for %d ms".formatted(cut ? "cut off" : "kill", part, downtime.toMillis());
  }
}
