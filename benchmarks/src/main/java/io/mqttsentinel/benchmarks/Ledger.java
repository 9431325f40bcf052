package io.mqttsentinel.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What was sent and what arrived over a whole run; a message that arrives in a later phase still
 * counts where it belongs. Not thread-safe: belongs to the thread that receives.
 */
final class Ledger {

  private final Workload workload;
  private final List<Phase> phases = new ArrayList<>();
  private final long[] newest;
  private long next;
  private long outOfOrder;
  private long foreign;

  Ledger(Workload workload) {
    this.workload = workload;
    this.newest = new long[workload.clients()];
    Arrays.fill(newest, -1);
  }

  /** Opens a phase; its messages are numbered on from the last phase's. */
  Phase open(Schedule schedule, long settling) {
    Phase phase = new Phase(next, schedule, settling);
    next += schedule.count();
    phases.add(phase);
    return phase;
  }

  /**
   * Notes what a subscriber received.
   *
   * @param number from the payload, or -1 for what this run did not send
   */
  void arrived(int client, long number, long nowNanos) {
    Optional<Phase> phase = number < 0 ? Optional.empty() : phase(number);
    if (phase.isEmpty() || workload.client(number) != client) {
      foreign++;
      return;
    }
    if (!phase.get().arrived(number, nowNanos)) {
      return;
    }
    if (number < newest[client]) {
      outOfOrder++;
    } else {
      newest[client] = number;
    }
  }

  Optional<Phase> phase(long number) {
    for (int i = phases.size() - 1; i >= 0; i--) {
      if (phases.get(i).contains(number)) {
        return Optional.of(phases.get(i));
      }
    }
    return Optional.empty();
  }

  /** Messages that came after a later one of the same topic. */
  long outOfOrder() {
    return outOfOrder;
  }

  /** Messages that this run did not send, or not to the client that received them. */
  long foreign() {
    return foreign;
  }
}
