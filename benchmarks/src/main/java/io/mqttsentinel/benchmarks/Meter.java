package io.mqttsentinel.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads what the machine and the processes use over a stretch of time. */
final class Meter {

  private static final HostCpu NOTHING = new HostCpu(0, 0, 0);

  private final ProcFs proc;
  private final Map<String, Long> processes;
  private Snapshot start;

  /**
   * @param processes pid by name
   */
  Meter(ProcFs proc, Map<String, Long> processes) {
    this.proc = proc;
    this.processes = processes;
    start();
  }

  void start() {
    start = snapshot();
  }

  /** What was used since the start. */
  Reading read() {
    Snapshot now = snapshot();
    Map<String, ProcessUse> used = new LinkedHashMap<>();
    now.processes().forEach((name, use) -> used.put(name, use.since(start.processes().get(name))));
    return new Reading((now.nanos() - start.nanos()) / 1e9, now.host().minus(start.host()), used);
  }

  private Snapshot snapshot() {
    Map<String, ProcessUse> uses = new LinkedHashMap<>();
    processes.forEach(
        (name, pid) -> {
          Optional<ProcessUse> use = proc.process(pid);
          use.ifPresent(found -> uses.put(name, found));
        });
    return new Snapshot(System.nanoTime(), proc.host().orElse(NOTHING), uses);
  }

  private record Snapshot(long nanos, HostCpu host, Map<String, ProcessUse> processes) {}

  /** What a stretch of time cost. */
  record Reading(double seconds, HostCpu host, Map<String, ProcessUse> processes) {

    static final Reading NONE = new Reading(0, NOTHING, Map.of());

    /**
     * How much of the machine went to processes that are no part of the run, in percent; they slow
     * it down as steal does.
     */
    double othersPercent(int cores) {
      double own = processes.values().stream().mapToDouble(ProcessUse::cpuSeconds).sum();
      return seconds == 0 ? 0 : Math.max(0, host.busyPercent() - 100 * own / (seconds * cores));
    }

    /** Times add up; memory is the larger. */
    Reading plus(Reading other) {
      Map<String, ProcessUse> all = new LinkedHashMap<>(processes);
      other.processes.forEach((name, use) -> all.merge(name, use, ProcessUse::plus));
      return new Reading(seconds + other.seconds, host.plus(other.host), all);
    }
  }
}
