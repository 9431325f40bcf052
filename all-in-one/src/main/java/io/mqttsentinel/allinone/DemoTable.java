package io.mqttsentinel.allinone;

import io.mqttsentinel.allinone.EventCounts.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** The demo's state in words. */
final class DemoTable {

  private static final double MICROS_PER_MILLI = 1000.0;

  private final AlertLedger alerts;
  private final AttackLedger attacks;
  private final EventCounts events;

  DemoTable(AlertLedger alerts, AttackLedger attacks, EventCounts events) {
    this.alerts = alerts;
    this.attacks = attacks;
    this.events = events;
  }

  /** Several lines for a terminal. */
  List<String> lines(Duration running, Histogram latency) {
    long onTheWay = alerts.missing().size();
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("  running      " + clock(running));
    lines.add(
        "  alerts       sent %d, delivered %d, on the way %d, at a wrong device %d"
            .formatted(alerts.sent(), alerts.delivered(), onTheWay, alerts.misdelivered().size()));
    lines.add("  latency      " + percentiles(latency));
    for (Outcome outcome : Outcome.values()) {
      lines.add("  %-11s  %-4d %s".formatted(name(outcome), events.total(outcome), rules(outcome)));
    }
    lines.add(
        "  attacks      tried %d, got what they should %d"
            .formatted(attacks.attempts().size(), attacks.handled()));
    return lines;
  }

  /** One line, where there is no terminal. */
  String line(Duration running, Histogram latency) {
    String outcomes =
        List.of(Outcome.values()).stream()
            .map(o -> "%s %d".formatted(name(o), events.total(o)))
            .collect(Collectors.joining(", "));
    return "  %s  alerts %d of %d delivered, %s; %s"
        .formatted(
            clock(running), alerts.delivered(), alerts.sent(), percentiles(latency), outcomes);
  }

  private String rules(Outcome outcome) {
    return events.byRule(outcome).entrySet().stream()
        .map(rule -> "%s %d".formatted(rule.getKey(), rule.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String name(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  private static String percentiles(Histogram latency) {
    return latency.getTotalCount() == 0
        ? "p50 -, p99 -"
        : "p50 %.1f ms, p99 %.1f ms".formatted(at(latency, 50), at(latency, 99));
  }

  private static double at(Histogram latency, double percentile) {
    return latency.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
  }

  private static String clock(Duration time) {
    return "%02d:%02d".formatted(time.toMinutes(), time.toSecondsPart());
  }
}
