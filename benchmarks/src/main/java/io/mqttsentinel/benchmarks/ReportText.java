package io.mqttsentinel.benchmarks;

import java.util.Formatter;
import java.util.Locale;

/** The report as a person reads it, and as a block for {@code docs/benchmarks.md}. */
final class ReportText {

  private static final double P50_GOAL = 8;
  private static final double P99_GOAL = 4;

  private ReportText() {}

  static String round(Report.Round round, int rounds) {
    String text =
        String.format(
            Locale.ROOT,
            "round %d of %d: p50 %.1f ms, p99 %.1f ms",
            round.number(),
            rounds,
            round.pipeline().p50(),
            round.pipeline().p99());
    if (round.yardstick() != null) {
      text +=
          String.format(
              Locale.ROOT,
              "; one Kafka hop p50 %.1f ms, p99 %.1f ms",
              round.yardstick().p50(),
              round.yardstick().p99());
    }
    return text + String.format(Locale.ROOT, "; steal %.1f %%", round.stealPercent());
  }

  static String step(MaximumRate.Step step) {
    return String.format(
        Locale.ROOT,
        "%d msg/s: p50 %.1f ms, p99 %.1f ms, lost %d, steal %.1f %%: %s",
        step.rate(),
        step.latency().p50(),
        step.latency().p99(),
        step.lost(),
        step.stealPercent(),
        step.held() ? "holds" : "does not hold");
  }

  /** Markdown that reads well on a terminal too. */
  static String markdown(Report report) {
    Formatter out = new Formatter(Locale.ROOT);
    head(out, report);
    if (report.steps().isEmpty()) {
      latencies(out, report.latencies());
      rounds(out, report.latencies());
      stages(out, report.latencies());
    } else {
      steps(out, report);
    }
    messages(out, report);
    processes(out, report);
    return out.toString();
  }

  private static void head(Formatter out, Report report) {
    Machine machine = report.machine();
    out.format("```%n%s%n```%n%n", report.command());
    out.format(
        "%s, %s. %d cores, %d MiB, %s, %s. Steal %.1f %%, busy %.1f %%, of it %.0f %% with"
            + " processes outside of the run.%n",
        report.date(),
        report.system(),
        machine.cores(),
        machine.memoryMiB(),
        machine.jvm(),
        machine.kernel(),
        report.use().host().stealPercent(),
        report.use().host().busyPercent(),
        report.use().othersPercent(machine.cores()));
    out.format(
        "%d subscribers, %d publishers, %d bytes, QoS %d, warm-up %d s; generator late by %.1f ms"
            + " at P99.%n",
        report.clients(),
        report.publishers(),
        report.payloadBytes(),
        report.qos(),
        report.warmupSeconds(),
        report.generatorLag());
    out.format("%n");
  }

  private static void latencies(Formatter out, Report.Latencies latencies) {
    out.format("| ms | p50 | p95 | p99 | p99.9 | max |%n");
    out.format("|---|---:|---:|---:|---:|---:|%n");
    row(out, "in to out over MQTT", latencies.pipeline());
    Latency bare = latencies.yardstick();
    if (bare != null) {
      row(out, "yardstick: one bare Kafka hop", bare);
      out.format(
          "| **ratio** (goal: p50 ≤ %.0f, p99 ≤ %.0f) | **%s** | %s | **%s** | %s | %s |%n",
          P50_GOAL,
          P99_GOAL,
          ratio(latencies.pipeline().p50(), bare.p50()),
          ratio(latencies.pipeline().p95(), bare.p95()),
          ratio(latencies.pipeline().p99(), bare.p99()),
          ratio(latencies.pipeline().p999(), bare.p999()),
          ratio(latencies.pipeline().max(), bare.max()));
    }
    out.format("%n");
    if (latencies.yardstickLost() > 0) {
      out.format("The yardstick itself lost %d messages.%n", latencies.yardstickLost());
      out.format("%n");
    }
  }

  private static void rounds(Formatter out, Report.Latencies latencies) {
    out.format("| round | p50 | p99 | hop p50 | hop p99 | steal %% |%n");
    out.format("|---:|---:|---:|---:|---:|---:|%n");
    for (Report.Round round : latencies.rounds()) {
      Latency bare = round.yardstick();
      out.format(
          "| %d | %.1f | %.1f | %s | %s | %.1f |%n",
          round.number(),
          round.pipeline().p50(),
          round.pipeline().p99(),
          bare == null ? "–" : String.format(Locale.ROOT, "%.1f", bare.p50()),
          bare == null ? "–" : String.format(Locale.ROOT, "%.1f", bare.p99()),
          round.stealPercent());
    }
    out.format("%n");
  }

  private static void stages(Formatter out, Report.Latencies latencies) {
    if (latencies.stages().isEmpty()) {
      return;
    }
    out.format(
        "| stage, ms since the one before | p50 | p95 | p99 | p99.9 | max | slowest 1 %% |%n");
    out.format("|---|---:|---:|---:|---:|---:|---:|%n");
    for (MessageWays.Stage stage : latencies.stages()) {
      out.format("| %s | %s | %.1f |%n", stage.name(), figures(stage.latency()), stage.slowest());
    }
    out.format("%n");
    out.format("Verdicts of the measured messages: %s.%n%n", latencies.verdicts());
  }

  private static void steps(Formatter out, Report report) {
    int highest =
        report.steps().stream()
            .filter(MaximumRate.Step::held)
            .mapToInt(MaximumRate.Step::rate)
            .max()
            .orElse(0);
    out.format(
        highest == 0
            ? "No rate held: P99 was %.0f ms or more, or messages were lost, from the first on.%n"
            : "Highest rate with P99 < %.0f ms and nothing lost: **" + highest + " msg/s**.%n",
        MaximumRate.LIMIT_P99_MILLIS);
    out.format("%n");
    out.format("| msg/s | p50 | p99 | p99.9 | lost | generator late, p99 | steal %% | holds |%n");
    out.format("|---:|---:|---:|---:|---:|---:|---:|---|%n");
    for (MaximumRate.Step step : report.steps()) {
      out.format(
          "| %d | %.1f | %.1f | %.1f | %d | %.1f | %.1f | %s |%n",
          step.rate(),
          step.latency().p50(),
          step.latency().p99(),
          step.latency().p999(),
          step.lost(),
          step.generatorLag(),
          step.stealPercent(),
          step.held() ? "yes" : "no");
    }
    out.format("%n");
  }

  private static void messages(Formatter out, Report report) {
    Report.Messages messages = report.messages();
    out.format(
        "Sent %d, acknowledged %d, received %d, **lost %d**, duplicates %d, out of order %d.%n",
        messages.sent(),
        messages.acknowledged(),
        messages.received(),
        messages.lost(),
        messages.duplicates(),
        messages.outOfOrder());
    if (messages.refused() + messages.foreign() + messages.unsendable() > 0) {
      out.format(
          "Refused by the broker %d, not sent by this run or to the wrong client %d, unsendable"
              + " %d.%n",
          messages.refused(), messages.foreign(), messages.unsendable());
    }
    if (messages.connectionsLost() > 0) {
      out.format(
          "Connections lost: %d. The first: %s.%n",
          messages.connectionsLost(), messages.firstLoss());
    }
    out.format("%n");
  }

  private static void processes(Formatter out, Report report) {
    out.format("| process | CPU s | cores | RSS MiB |%n");
    out.format("|---|---:|---:|---:|%n");
    report
        .use()
        .processes()
        .forEach(
            (name, use) ->
                out.format(
                    "| %s | %.1f | %.2f | %.0f |%n",
                    name,
                    use.cpuSeconds(),
                    use.cpuSeconds() / report.use().seconds(),
                    use.rssMiB()));
  }

  private static void row(Formatter out, String name, Latency latency) {
    out.format("| %s | %s |%n", name, figures(latency));
  }

  private static String figures(Latency latency) {
    return String.format(
        Locale.ROOT,
        "%.1f | %.1f | %.1f | %.1f | %.1f",
        latency.p50(),
        latency.p95(),
        latency.p99(),
        latency.p999(),
        latency.max());
  }

  private static String ratio(double figure, double yardstick) {
    return yardstick == 0 ? "–" : String.format(Locale.ROOT, "%.1f", figure / yardstick);
  }
}
