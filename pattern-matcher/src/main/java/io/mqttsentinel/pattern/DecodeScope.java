package io.mqttsentinel.pattern;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which views of a text a rule looks at: those that came about by these steps alone. The raw text
 * always is one of them.
 *
 * @param steps names as in evidence; null for all
 */
record DecodeScope(Set<String> steps) {

  static final DecodeScope ALL = new DecodeScope(null);
  static final DecodeScope RAW_ONLY = new DecodeScope(Set.of());

  private static final Set<String> KNOWN =
      Set.of(
          "json",
          "csv",
          "escape",
          "url",
          "html",
          "unicode",
          "base64",
          "hex",
          "inflated",
          "utf16",
          "stripped",
          "strings");

  /**
   * @throws IllegalArgumentException naming a step that does not exist
   */
  static DecodeScope of(List<String> steps) {
    for (String step : steps) {
      if (!KNOWN.contains(step)) {
        throw new IllegalArgumentException(
            "'%s', expected true, false or any of %s"
                .formatted(step, String.join(", ", new TreeSet<>(KNOWN))));
      }
    }
    return new DecodeScope(Set.copyOf(steps));
  }

  /**
   * @param chain the steps of a view, parted by {@code >}
   */
  boolean allows(String chain) {
    if (steps == null || chain.equals(Normalizer.RAW) || chain.equals(Normalizer.SHORTENED)) {
      return true;
    }
    if (steps.isEmpty()) {
      return false;
    }
    for (String step : chain.split(">", -1)) {
      if (!steps.contains(step)) {
        return false;
      }
    }
    return true;
  }
}
