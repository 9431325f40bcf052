package io.mqttsentinel.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM holds in memory.
 *
 * @param heapBytes of objects that are reachable
 * @param rssMiB resident, everything
 */
record JvmMemory(long heapBytes, double rssMiB) {

  private static final int MIB = 1 << 20;

  // The last line of a class histogram: "Total", instances, bytes.
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  /**
   * Looks at a process after a full collection.
   *
   * @throws IOException if it is no JVM of this user, or the JDK has no jcmd
   */
  static JvmMemory of(long pid, ProcFs proc) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    jcmd.waitFor();
    double rss = proc.process(pid).map(ProcessUse::rssMiB).orElse(0.0);
    return new JvmMemory(heapBytes(output), rss);
  }

  double heapMiB() {
    return heapBytes / (double) MIB;
  }

  static long heapBytes(String histogram) throws IOException {
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new IOException(
          "jcmd printed no class histogram: "
              + histogram.lines().findFirst().orElse("(nothing at all)"));
    }
    return Long.parseLong(total.group(1));
  }

  /** What each of {@code count} things cost that came since {@code before}, in bytes. */
  Each eachSince(JvmMemory before, int count) {
    return new Each(
        (heapBytes - before.heapBytes) / (double) count, (rssMiB - before.rssMiB) * MIB / count);
  }

  /** Bytes for each. */
  record Each(double heap, double rss) {}
}
