package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One option between the parentheses of a Suricata rule.
 *
 * @param value as written, without space around it; empty for none
 */
record SuricataOption(String name, String value) {

  private static final int MOST = 500;

  /**
   * Takes options apart at semicolons that are neither escaped nor quoted.
   *
   * @throws ImportRefusedException if a quote is not closed, or there are too many
   */
  static List<SuricataOption> parse(String options) {
    List<SuricataOption> parsed = new ArrayList<>();
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i < options.length(); i++) {
      switch (options.charAt(i)) {
        case '\\' -> i++;
        case '"' -> quoted = !quoted;
        case ';' -> {
          if (!quoted) {
            add(options.substring(from, i), parsed);
            from = i + 1;
          }
        }
        default -> {}
      }
    }
    if (quoted) {
      throw new ImportRefusedException("a quote is not closed");
    }
    if (!options.substring(from).isBlank()) {
      throw new ImportRefusedException("the last option does not end with ';'");
    }
    return parsed;
  }

  private static void add(String option, List<SuricataOption> parsed) {
    if (parsed.size() == MOST) {
      throw new ImportRefusedException("has more than " + MOST + " options");
    }
    int colon = option.indexOf(':');
    String name = colon < 0 ? option : option.substring(0, colon);
    String value = colon < 0 ? "" : option.substring(colon + 1).strip();
    if (!name.isBlank()) {
      parsed.add(new SuricataOption(name.strip().toLowerCase(Locale.ROOT), value));
    }
  }

  boolean isNegated() {
    return value.startsWith("!");
  }

  /** The value between quotes, still escaped. */
  String quoted() {
    String text = isNegated() ? value.substring(1).strip() : value;
    if (text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
      throw refusal("expected a value in quotes");
    }
    return text.substring(1, text.length() - 1);
  }

  /** The value as a text of UTF-8; files are read byte by byte. */
  String text() {
    return decoded(value.startsWith("\"") ? quoted() : value);
  }

  static String decoded(String escaped) {
    return new String(
        escaped.replaceAll("\\\\([;:\"\\\\])", "$1").getBytes(StandardCharsets.ISO_8859_1),
        StandardCharsets.UTF_8);
  }

  int number() {
    if (!value.matches("-?\\d{1,6}")) {
      throw refusal("expected a number");
    }
    return Integer.parseInt(value);
  }

  ImportRefusedException refusal(String reason) {
    String shown = value.length() > 60 ? value.substring(0, 60) + "…" : value;
    return new ImportRefusedException(
        "%s%s: %s".formatted(name, shown.isEmpty() ? "" : " '" + shown + "'", reason));
  }
}
