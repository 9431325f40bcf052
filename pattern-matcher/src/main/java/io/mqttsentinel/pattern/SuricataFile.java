package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a file of Suricata rules apart: one on a line, or on several that a backslash joins. */
final class SuricataFile {

  private static final Pattern SID = Pattern.compile(";\\s*sid\\s*:\\s*(\\d{1,18})\\s*;");
  private static final Pattern TITLE =
      Pattern.compile("[(;]\\s*msg\\s*:\\s*\"((?:[^\"\\\\]|\\\\.){1,200}+)\"");

  private SuricataFile() {}

  /** All rules but those that are commented out. */
  static List<ImportCandidate> read(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<ImportCandidate> rules = new ArrayList<>();
    StringBuilder rule = new StringBuilder();
    int begin = 0;
    int number = 0;
    for (String line : text.split("\r\n|\n|\r", -1)) {
      number++;
      if (rule.isEmpty()) {
        begin = number;
        if (line.isBlank() || line.strip().startsWith("#")) {
          continue;
        }
      }
      String stripped = line.strip();
      if (stripped.endsWith("\\")) {
        rule.append(stripped, 0, stripped.length() - 1).append(' ');
        continue;
      }
      add(begin, rule.append(stripped).toString(), rules);
      rule.setLength(0);
    }
    if (!rule.toString().isBlank()) {
      add(begin, rule.toString(), rules);
    }
    return rules;
  }

  private static void add(int line, String rule, List<ImportCandidate> rules) {
    String text = rule.strip();
    rules.add(
        new ImportCandidate(line, label(text), () -> List.of(new SuricataRule(text).translated())));
  }

  private static String label(String rule) {
    Matcher sid = SID.matcher(rule);
    Matcher title = TITLE.matcher(rule);
    String name = title.find() ? " '" + SuricataOption.decoded(title.group(1)) + "'" : "";
    return ((sid.find() ? "sid " + sid.group(1) : "") + name).strip();
  }
}
