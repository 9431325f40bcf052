package io.mqttsentinel.pattern;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** The keys of a rule that say how often it has to hit. */
final class ThresholdKeys {

  static final Set<String> KNOWN = Set.of("count", "window", "by");

  private static final int MOST_HITS = 1000;
  private static final Duration LONGEST_WINDOW = Duration.ofDays(1);

  private ThresholdKeys() {}

  static Threshold threshold(YamlKeys keys, YamlKeys rule, boolean alert) {
    if (alert) {
      throw rule.refusal("threshold", "belongs to threat_patterns");
    }
    int count = number(keys, "count");
    Duration window = window(keys);
    Threshold.By by = keys.choice("by", Arrays.asList(Threshold.By.values()), Threshold.By.CLIENT);
    return new Threshold(count, window, by);
  }

  private static int number(YamlKeys keys, String key) {
    String text = keys.required(key);
    if (text.matches("\\d{1,4}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= MOST_HITS) {
        return number;
      }
    }
    throw keys.refusal(key, "is '%s', expected a number from 1 to %d".formatted(text, MOST_HITS));
  }

  private static Duration window(YamlKeys keys) {
    String text = keys.required("window");
    if (text.matches("\\d{1,6}[smh]")) {
      Duration window = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
      if (window.isPositive() && window.compareTo(LONGEST_WINDOW) <= 0) {
        return window;
      }
    }
    throw keys.refusal(
        "window", "is '%s', expected such as 30s, 5m or 1h, up to 24h".formatted(text));
  }
}
