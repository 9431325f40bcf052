package io.mqttsentinel.pattern;

import io.mqttsentinel.runtime.PrintableText;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Severity;
import java.util.List;
import java.util.Locale;

/**
 * A rule of ours made from a foreign one. It always is in shadow mode: what it finds has to be seen
 * before it may decide.
 *
 * @param version empty for none
 * @param description empty for none
 * @param topics topic filters; empty for all
 * @param threshold null for none
 * @param rawOnly without decoded views
 * @param forced loaded although its pattern is tried on almost every text
 */
record ImportedRule(
    String id,
    String name,
    String version,
    String description,
    Fragments.Joined match,
    Action action,
    Severity severity,
    List<String> tags,
    InspectedField field,
    List<String> topics,
    Threshold threshold,
    boolean rawOnly,
    boolean forced) {

  private static final int LONGEST_TEXT = 400;

  ImportedRule force() {
    return new ImportedRule(
        id,
        name,
        version,
        description,
        match,
        action,
        severity,
        tags,
        field,
        topics,
        threshold,
        rawOnly,
        true);
  }

  /** An entry of {@code threat_patterns}. */
  String yaml() {
    StringBuilder yaml = new StringBuilder();
    yaml.append("  - name: ").append(quoted(shown(name))).append('\n');
    line(yaml, "id", quoted(id));
    if (!version.isEmpty()) {
      line(yaml, "version", quoted(shown(version)));
    }
    if (!description.isBlank()) {
      line(yaml, "description", quoted(shown(description)));
    }
    line(yaml, "pattern", quoted(match.pattern()));
    line(yaml, "flags", quoted(match.flags()));
    if (match.notMatch() != null) {
      line(yaml, "not_match", quoted(match.notMatch()));
      line(yaml, "not_match_in", "text"); // what others negate is negated for the whole
    }
    line(yaml, "action", lower(action));
    line(yaml, "severity", lower(severity));
    line(yaml, "mode", "shadow");
    if (forced) {
      line(yaml, "force", "true");
    }
    if (!tags.isEmpty()) {
      line(yaml, "tags", list(tags));
    }
    if (rawOnly) {
      line(yaml, "decode", "false");
    }
    String within = topics.isEmpty() ? "" : ", topics: " + list(topics);
    line(yaml, "scope", "{field: " + field.key() + within + "}");
    if (threshold != null) {
      line(
          yaml,
          "threshold",
          "{count: %d, window: %ds, by: %s}"
              .formatted(threshold.count(), threshold.window().toSeconds(), lower(threshold.by())));
    }
    return yaml.toString();
  }

  /** A text as one line of printable characters, cut where it is long. */
  static String shown(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(LONGEST_TEXT)
        .forEach(c -> line.appendCodePoint(PrintableText.isPrintable(c) ? c : ' '));
    return line.toString().strip();
  }

  private static void line(StringBuilder yaml, String key, String value) {
    yaml.append("    ").append(key).append(": ").append(value).append('\n');
  }

  private static String list(List<String> texts) {
    return "[" + String.join(", ", texts.stream().map(ImportedRule::quoted).toList()) + "]";
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
