package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.InspectedMessage;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * Prints what it takes to change the rules while messages go on: on a thread of its own, with other
 * rules in force from one message to the next, as the service does it.
 */
final class ReloadReport {

  private static final int RELOADS = 5;

  /** As many messages as the origin sends. */
  private static final int PER_SECOND = 600;

  private static final int SECONDS_BEFORE = 5;

  private final InspectedMessage message;
  private final PrintStream out;
  private volatile RuleSet current;
  private PatternInspector inspector;

  private ReloadReport(RuleSet rules, InspectedMessage message, PrintStream out) {
    this.current = rules;
    this.message = message;
    this.out = out;
  }

  private record Reload(long nanos, RuleSet.Times times) {}

  static void print(RuleSource source, InspectedMessage message, PrintStream out)
      throws IOException {
    Map<String, String> files = source.read();
    PatternCompiler engines = new RecentEngines(EngineChoice.AUTO);
    RuleSet rules = RuleSet.load(files, engines, DecodeLimits.DEFAULT);
    ReloadReport report = new ReloadReport(rules, message, out);
    long[] before = report.inspections(PER_SECOND * SECONDS_BEFORE, () -> false);
    out.printf("%d inspections a second, from when each is due: %s%n", PER_SECOND, text(before));
    report.reloads(
        "one more rule",
        i -> {
          Map<String, String> more = new TreeMap<>(files);
          more.put("one-more.yaml", oneMore(i));
          return RuleSet.load(more, engines, DecodeLimits.DEFAULT);
        });
    report.reloads("all rules", i -> RuleSet.load(files, EngineChoice.AUTO, DecodeLimits.DEFAULT));
  }

  private static String oneMore(int number) {
    return "threat_patterns: [{name: one_more_%d, pattern: one more word %d, action: flag}]"
        .formatted(number, number);
  }

  private void reloads(String what, IntFunction<RuleSet> load) {
    List<Reload> reloads = new ArrayList<>();
    long[] during = {};
    for (int i = 0; i < RELOADS; i++) {
      int number = i;
      Thread loader =
          Thread.ofPlatform()
              .name("pattern-rules")
              .start(
                  () -> {
                    long start = System.nanoTime();
                    current = load.apply(number);
                    reloads.add(new Reload(System.nanoTime() - start, current.times()));
                  });
      long[] beside = inspections(Integer.MAX_VALUE, () -> !loader.isAlive());
      int behind = during.length;
      during = Arrays.copyOf(during, behind + beside.length);
      System.arraycopy(beside, 0, during, behind, beside.length);
    }
    reloads.sort(Comparator.comparingLong(Reload::nanos));
    Reload median = reloads.get(RELOADS / 2);
    out.printf(
        "  %d reloads of %s: %d to %d ms, median %d ms: %s%n",
        RELOADS,
        what,
        reloads.getFirst().nanos() / 1_000_000,
        reloads.getLast().nanos() / 1_000_000,
        median.nanos() / 1_000_000,
        median.times());
    out.printf("    inspections meanwhile: %s%n", text(during));
  }

  /** Nanoseconds from when each message was due until it was inspected. */
  private long[] inspections(int most, BooleanSupplier end) {
    long[] nanos = new long[PER_SECOND];
    int count = 0;
    long due = System.nanoTime();
    while (count < most && !end.getAsBoolean()) {
      due += 1_000_000_000L / PER_SECOND;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      RuleSet inForce = current;
      if (inspector == null || inspector.rules() != inForce) {
        inspector = new PatternInspector(inForce, List.of(), DecodeLimits.DEFAULT);
      }
      inspector.inspect(message);
      nanos = count == nanos.length ? Arrays.copyOf(nanos, 2 * count) : nanos;
      nanos[count++] = System.nanoTime() - due;
    }
    return Arrays.copyOf(nanos, count);
  }

  private static String text(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return "%d messages, P50 %.2f ms, P99 %.2f ms, worst %.2f ms"
        .formatted(
            sorted.length,
            sorted[sorted.length / 2] / 1e6,
            sorted[sorted.length - 1 - sorted.length / 100] / 1e6,
            sorted[sorted.length - 1] / 1e6);
  }
}
