package io.mqttsentinel.benchmarks;

/**
 * Time of all cores since the machine started, in ticks of {@code /proc/stat}.
 *
 * @param steal what the hypervisor gave to others while this machine wanted to run
 */
record HostCpu(long total, long idle, long steal) {

  private static final int FIELDS = 8;
  private static final int IDLE = 3;
  private static final int IOWAIT = 4;
  private static final int STEAL = 7;

  /**
   * Reads the first line of {@code /proc/stat}: user, nice, system, idle, iowait, irq, softirq,
   * steal (proc_stat(5)); guest time is part of user time already.
   */
  static HostCpu parse(String stat) {
    String[] fields = stat.lines().findFirst().orElse("").strip().split("\\s+", -1);
    if (fields.length <= FIELDS || !fields[0].equals("cpu")) {
      throw new IllegalArgumentException(
          "'%s' is not the first line of /proc/stat".formatted(String.join(" ", fields)));
    }
    long total = 0;
    for (int i = 1; i <= FIELDS; i++) {
      total += Long.parseLong(fields[i]);
    }
    return new HostCpu(
        total,
        Long.parseLong(fields[1 + IDLE]) + Long.parseLong(fields[1 + IOWAIT]),
        Long.parseLong(fields[1 + STEAL]));
  }

  HostCpu minus(HostCpu earlier) {
    return new HostCpu(total - earlier.total, idle - earlier.idle, steal - earlier.steal);
  }

  HostCpu plus(HostCpu other) {
    return new HostCpu(total + other.total, idle + other.idle, steal + other.steal);
  }

  double stealPercent() {
    return total == 0 ? 0 : 100.0 * steal / total;
  }

  double busyPercent() {
    return total == 0 ? 0 : 100.0 * (total - idle - steal) / total;
  }
}
