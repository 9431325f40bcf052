package io.mqttsentinel.pattern;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Reads {@code threshold} and {@code detection_filter}. */
final class SuricataThreshold {

  private SuricataThreshold() {}

  /**
   * @return null where it only limits how often is reported
   * @throws ImportRefusedException if it counts something else
   */
  static Threshold of(SuricataOption option) {
    Map<String, String> values = new HashMap<>();
    Arrays.stream(option.value().split(",", -1))
        .map(pair -> pair.strip().split("\\s+", 2))
        .forEach(pair -> values.put(pair[0], pair.length == 1 ? "" : pair[1].strip()));
    boolean filter = option.name().equals("detection_filter");
    String type = values.getOrDefault("type", "");
    if (!filter && type.equals("limit")) {
      return null;
    }
    if (!filter && !type.equals("threshold") && !type.equals("both")) {
      throw option.refusal("expected type limit, threshold or both");
    }
    // A filter lets the first ones pass.
    int count = number(option, values, "count") + (filter ? 1 : 0);
    return new Threshold(
        count,
        Duration.ofSeconds(number(option, values, "seconds")),
        switch (values.getOrDefault("track", "")) {
          case "by_src" -> Threshold.By.ADDRESS;
          case "by_rule" -> Threshold.By.ALL;
          default -> throw option.refusal("expected track by_src or by_rule");
        });
  }

  private static int number(SuricataOption option, Map<String, String> values, String key) {
    String value = values.getOrDefault(key, "");
    if (!value.matches("\\d{1,6}")) {
      throw option.refusal("expected a number for " + key);
    }
    return Integer.parseInt(value);
  }
}
