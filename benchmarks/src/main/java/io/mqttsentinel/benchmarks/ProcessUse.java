package io.mqttsentinel.benchmarks;

/**
 * What one process has used.
 *
 * @param cpuSeconds user and system, all threads
 * @param rssMiB resident now
 */
record ProcessUse(double cpuSeconds, double rssMiB) {

  /** USER_HZ: 100 on every Linux that a JDK 25 runs on, whatever the kernel's own tick. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int UTIME = 11;
  private static final int STIME = 12;
  private static final double KIB_PER_MIB = 1024;

  /** Reads {@code /proc/[pid]/stat} and {@code /proc/[pid]/status} (proc_pid_stat(5)). */
  static ProcessUse parse(String stat, String status) {
    // The command's name, in parentheses, may itself hold spaces and parentheses.
    int afterName = stat.lastIndexOf(')');
    String[] fields = stat.substring(afterName + 1).strip().split("\\s+", -1);
    if (afterName < 0 || fields.length <= STIME) {
      throw new IllegalArgumentException(
          "'%s' is not the content of a /proc/[pid]/stat".formatted(stat.strip()));
    }
    double ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
    return new ProcessUse(
        ticks / TICKS_PER_SECOND, ProcFs.kibibytes(status, "VmRSS") / KIB_PER_MIB);
  }

  /** The CPU used since an earlier look; the memory of this one. */
  ProcessUse since(ProcessUse earlier) {
    return new ProcessUse(earlier == null ? 0 : cpuSeconds - earlier.cpuSeconds, rssMiB);
  }

  ProcessUse plus(ProcessUse other) {
    return new ProcessUse(cpuSeconds + other.cpuSeconds, Math.max(rssMiB, other.rssMiB));
  }
}
