package io.mqttsentinel.benchmarks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** What each process took of the processors, over stretches of time, as Markdown. */
final class CpuTable {

  private final SequencedMap<String, Meter.Reading> rows = new LinkedHashMap<>();

  /** Adds a stretch of time. */
  CpuTable row(String name, Meter.Reading use) {
    rows.put(name, use);
    return this;
  }

  String markdown() {
    Map<String, ProcessUse> first = rows.firstEntry().getValue().processes();
    return "| CPU seconds | of | %s |%n|---|---:|%s%n%s%n"
        .formatted(
            String.join(" | ", first.keySet()),
            "---:|".repeat(first.size()),
            rows.entrySet().stream()
                .map(row -> row(row.getKey(), row.getValue(), first))
                .collect(Collectors.joining("\n")));
  }

  private static String row(String name, Meter.Reading use, Map<String, ProcessUse> processes) {
    String each =
        processes.keySet().stream()
            .map(process -> use.processes().getOrDefault(process, new ProcessUse(0, 0)))
            .map(process -> String.format(Locale.ROOT, "%.1f", process.cpuSeconds()))
            .collect(Collectors.joining(" | "));
    return String.format(Locale.ROOT, "| %s | %.0f | %s |", name, use.seconds(), each);
  }
}
