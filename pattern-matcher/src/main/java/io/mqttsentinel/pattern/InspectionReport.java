package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.TopicFilter;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Prints what inspection costs: matching and the whole of it for ordinary telemetry, and hostile
 * payloads by shape. Times are of the processor for this thread, so that a busy machine shows less.
 */
public final class InspectionReport {

  private static final String TELEMETRY =
      "{\"device\":\"d-4983\",\"ts\":1760701604,\"temp\":21.5,\"hum\":40,\"state\":\"running\","
          + "\"mode\":\"auto\",\"battery\":87,\"rssi\":-61,\"fw\":\"1.4.2\",\"uptime\":86400,"
          + "\"errors\":[],\"gps\":{\"lat\":48.137,\"lon\":11.575},\"alarm\":false,"
          + "\"door\":\"closed\",\"fan\":\"low\",\"power\":12.5,\"voltage\":230.1,"
          + "\"current\":0.05,\"site\":\"munich\",\"line\":\"three\"}";

  private static final int BATCH = 100;
  private static final int BATCHES = 20_000;
  private static final int SINGLES = 200_000;

  /** Two that no clock ends, and one that is timed. */
  private static final int[] HOSTILE_SIZES = {16 * 1024, 64 * 1024, 256 * 1024};

  private static final int HOSTILE_ROUNDS = 31;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final RuleSet rules;
  private final PatternInspector inspector;
  private final PrintStream out;

  private InspectionReport(RuleSet rules, PrintStream out) {
    this.rules = rules;
    this.out = out;
    this.inspector =
        new PatternInspector(
            rules, List.of(TopicFilter.of("clients/+/alerts")), DecodeLimits.DEFAULT);
  }

  /** Argument: a directory of rules; the shipped pack without one. */
  public static void main(String[] args) throws IOException {
    RuleSource source = RuleSource.of(args.length == 0 ? RuleSource.SHIPPED : args[0]);
    long start = System.nanoTime();
    RuleSet rules = RuleSet.load(source.read(), EngineChoice.AUTO, DecodeLimits.DEFAULT);
    System.out.printf(
        "%d rules on %s, loaded in %d ms: %s%n",
        rules.size(), rules.engineName(), (System.nanoTime() - start) / 1_000_000, rules.times());
    InspectionReport report = new InspectionReport(rules, System.out);
    report.telemetry();
    ReloadReport.print(source, message(TELEMETRY.getBytes(StandardCharsets.UTF_8)), System.out);
    for (int size : HOSTILE_SIZES) {
      report.hostile(size);
    }
  }

  private void telemetry() {
    byte[] payload = TELEMETRY.getBytes(StandardCharsets.UTF_8);
    InspectedMessage message = message(payload);
    PatternEngine.Scanner scanner = rules.threats().engine().scanner();
    PatternHits hits = rules.threats().newHits();
    Runnable match =
        () -> {
          hits.clear();
          scanner.scan(payload, payload.length, hits);
        };
    Runnable whole = () -> inspector.inspect(message);
    inBatches(match); // to be compiled
    inBatches(whole);
    out.printf("telemetry of %d bytes, medians of %d batches%n", payload.length, BATCHES);
    out.printf("  match             %7.2f us%n", inBatches(match));
    out.printf("  whole inspection  %7.2f us%n", inBatches(whole));
    long[] nanos = new long[SINGLES];
    for (int i = 0; i < SINGLES; i++) {
      long start = System.nanoTime();
      whole.run();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    out.printf(
        "  whole inspection, elapsed, one by one: P50 %.2f us, P99 %.2f us, P99.9 %.2f us%n",
        nanos[SINGLES / 2] / 1e3,
        nanos[SINGLES / 100 * 99] / 1e3,
        nanos[SINGLES / 1000 * 999] / 1e3);
  }

  /** The median over batches, in microseconds for one. */
  private static double inBatches(Runnable work) {
    long[] nanos = new long[BATCHES];
    for (int batch = 0; batch < BATCHES; batch++) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (int i = 0; i < BATCH; i++) {
        work.run();
      }
      nanos[batch] = THREADS.getCurrentThreadCpuTime() - start;
    }
    Arrays.sort(nanos);
    return nanos[BATCHES / 2] / 1e3 / BATCH;
  }

  private void hostile(int size) {
    out.printf(
        "hostile payloads of %d KB, %d times each%n  %-24s %10s %10s  %s%n",
        size / 1024, HOSTILE_ROUNDS, "shape", "median ms", "worst ms", "findings");
    for (Map.Entry<String, byte[]> shape : HostilePayloads.all(size).entrySet()) {
      InspectedMessage message = message(shape.getValue());
      long[] nanos = new long[HOSTILE_ROUNDS];
      List<Finding> findings = List.of();
      for (int i = 0; i < HOSTILE_ROUNDS; i++) {
        long start = THREADS.getCurrentThreadCpuTime();
        findings = inspector.inspect(message);
        nanos[i] = THREADS.getCurrentThreadCpuTime() - start;
      }
      Arrays.sort(nanos);
      out.printf(
          "  %-24s %10.2f %10.2f  %s%n",
          shape.getKey(),
          nanos[HOSTILE_ROUNDS / 2] / 1e6,
          nanos[HOSTILE_ROUNDS - 1] / 1e6,
          findings.stream().map(Finding::getRuleId).collect(Collectors.joining(", ")));
    }
  }

  private static InspectedMessage message(byte[] payload) {
    InspectedMessage message = TrialMessage.of("clients/dev-4983/data", payload);
    message.setClientId("dev-4983");
    message.setUsername("fleet");
    return message;
  }
}
