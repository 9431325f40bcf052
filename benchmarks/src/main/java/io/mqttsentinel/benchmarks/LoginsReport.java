package io.mqttsentinel.benchmarks;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The figures of {@code bench logins} as Markdown, made to be pasted into docs/benchmarks.md. */
record LoginsReport(LoginsOptions options, SystemUnderTest system, Machine machine) {

  private static final String LIMITED = "sentinel_edge_limited_total";
  private static final String REFUSED = "sentinel_edge_refused_total";
  private static final String CONNECTS = "sentinel_edge_connects_total";
  private static final String BANS = "sentinel_edge_bans_made_total";
  private static final List<String> SOURCES = List.of("hit", "miss", "stale");

  String markdown(List<LoginPhase> phases, List<FloodWindow> windows, Traffic alerts) {
    try (Formatter out = new Formatter(Locale.ROOT)) {
      header(out);
      connects(out, phases);
      decisions(out, phases);
      good(out, windows);
      losses(out, alerts);
      bad(out, windows);
      edge(out, windows);
      CpuTable cpu = new CpuTable();
      phases.forEach(phase -> cpu.row(phase.name(), phase.use()));
      windows.forEach(window -> cpu.row(window.name(), window.alerts().use()));
      out.format("%s", cpu.markdown());
      return out.toString();
    }
  }

  private void header(Formatter out) {
    out.format("```%n%s%n```%n%n", options.command());
    out.format(
        "%s, %s, PostgreSQL with %d accounts (%s). %d cores, %d MiB, %s, %s.%n%n",
        LocalDate.now(ZoneOffset.UTC),
        system.description(),
        options.accounts(),
        options.hash().word(),
        machine.cores(),
        machine.memoryMiB(),
        machine.jvm(),
        machine.kernel());
  }

  private void connects(Formatter out, List<LoginPhase> phases) {
    out.format(
        "| %d connects/s, ms from CONNECT to CONNACK | p50 | p95 | p99 | max | p99 since due |"
            + " reached/s | let in | refused | errors | edge, cores | steal %% |%n",
        options.rate());
    out.format("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|%n");
    for (LoginPhase phase : phases) {
      LoginTally.Result logins = phase.logins();
      Latency latency = logins.sinceConnect();
      out.format(
          "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.0f | %d | %d | %d | %.2f | %.1f |%n",
          phase.name(),
          latency.p50(),
          latency.p95(),
          latency.p99(),
          latency.max(),
          logins.sinceDue().p99(),
          logins.perSecond(),
          logins.accepted(),
          logins.refusedCount(),
          logins.errors(),
          cores(phase.use()),
          phase.use().host().stealPercent());
    }
    out.format("%n");
  }

  private static void decisions(Formatter out, List<LoginPhase> phases) {
    out.format(
        "| the edge's own time for a decision, at most ms | decisions | p50 | p95 | p99 |%n");
    out.format("|---|---:|---:|---:|---:|%n");
    for (LoginPhase phase : phases) {
      for (String source : SOURCES) {
        MetricsPage.Buckets buckets = phase.decisions(source);
        if (buckets.count() > 0) {
          out.format(
              "| %s, %s | %d | %s | %s | %s |%n",
              phase.name().replaceFirst(":.*", ""),
              source,
              buckets.count(),
              millis(buckets, 50),
              millis(buckets, 95),
              millis(buckets, 99));
        }
      }
    }
    out.format("%n");
  }

  private void good(Formatter out, List<FloodWindow> windows) {
    out.format(
        "| %d good connects/s, %d alerts/s, ms | good p50 | good p99 | max | let in | refused |"
            + " errors | alerts p50 | alerts p99 | alerts lost | generator late, p99 |%n",
        options.good(), options.alerts());
    out.format("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|%n");
    for (FloodWindow window : windows) {
      LoginTally.Result good = window.good();
      Latency alerts = Latency.of(window.alerts().phase().latency());
      out.format(
          "| %s | %.1f | %.1f | %.1f | %d | %d | %d | %.1f | %.1f | %d | %.1f |%n",
          window.name(),
          good.sinceDue().p50(),
          good.sinceDue().p99(),
          good.sinceDue().max(),
          good.accepted(),
          good.refusedCount(),
          good.errors(),
          alerts.p50(),
          alerts.p99(),
          window.alerts().lost(),
          window.alerts().lag().p99());
    }
    out.format("%n");
  }

  /** Alerts that were lost because nobody was there any more. */
  private static void losses(Formatter out, Traffic alerts) {
    long lost = alerts.counts().connectionsLost();
    if (lost > 0) {
      out.format(
          "Connections of subscribers and publishers lost: %d. The first: %s.%n%n",
          lost, alerts.firstLoss());
    }
  }

  private void bad(Formatter out, List<FloodWindow> windows) {
    out.format(
        "| the flood, from %d addresses | reached/s | let in | refused, by reason code | turned"
            + " away | no socket | unanswered | not sent |%n",
        options.sources());
    out.format("|---|---:|---:|---|---:|---:|---:|---:|%n");
    for (FloodWindow window : windows) {
      window
          .bad()
          .ifPresent(
              bad ->
                  out.format(
                      "| %s | %.0f | %d | %s | %d | %d | %d | %d |%n",
                      window.name(),
                      bad.perSecond(),
                      bad.accepted(),
                      codes(bad.refused()),
                      bad.turnedAway(),
                      bad.failed(),
                      bad.unanswered(),
                      bad.due() - bad.opened()));
    }
    out.format("%n");
  }

  private static void edge(Formatter out, List<FloodWindow> windows) {
    out.format(
        "| the edge | beyond a limit, by tier | refused, by reason | CONNACKs, by outcome | bans |"
            + " decisions not from the cache | lookups in the database | p99 of those decisions,"
            + " at most ms | edge, cores | machine busy %% | steal %% |%n");
    out.format("|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|%n");
    for (FloodWindow window : windows) {
      MetricsPage edge = window.edge();
      MetricsPage.Buckets asked = LoginPhase.decisions(edge, "miss");
      Meter.Reading use = window.alerts().use();
      out.format(
          "| %s | %s | %s | %s | %d | %d | %d | %s | %.2f | %.0f | %.1f |%n",
          window.name(),
          counts(edge.by(LIMITED, "tier")),
          counts(edge.by(REFUSED, "reason")),
          counts(edge.by(CONNECTS, "outcome")),
          edge.sum(BANS, series -> true),
          asked.count(),
          window.lookups(),
          millis(asked, 99),
          cores(use),
          use.host().busyPercent(),
          use.host().stealPercent());
    }
    out.format("%n");
  }

  private static double cores(Meter.Reading use) {
    ProcessUse edge = use.processes().get(Stack.EDGE);
    return edge == null || use.seconds() == 0 ? 0 : edge.cpuSeconds() / use.seconds();
  }

  private static String millis(MetricsPage.Buckets buckets, double percent) {
    double millis = buckets.atMostMillis(percent);
    if (Double.isInfinite(millis)) {
      return "more than the largest bucket";
    }
    return String.format(Locale.ROOT, millis < 1 ? "%.2f" : "%.1f", millis);
  }

  private static String codes(Map<Integer, Long> refused) {
    return refused.isEmpty()
        ? "none"
        : new TreeMap<>(refused)
            .entrySet().stream()
                .map(code -> "0x%02X: %d".formatted(code.getKey(), code.getValue()))
                .collect(Collectors.joining(", "));
  }

  private static String counts(Map<String, Long> counts) {
    return counts.isEmpty()
        ? "none"
        : counts.entrySet().stream()
            .map(count -> count.getKey() + " " + count.getValue())
            .collect(Collectors.joining(", "));
  }
}
