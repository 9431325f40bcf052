package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates one Sigma rule. Its log source is left aside: here everything comes in messages. Each
 * alternative of its condition that cannot be merged with another becomes a rule.
 */
final class SigmaRule {

  private static final Pattern TECHNIQUE = Pattern.compile("attack\\.(t\\d{4}(?:\\.\\d{3})?)");
  private static final Pattern CVE = Pattern.compile("cve[.-](\\d{4})[.-](\\d{4,7})");
  private static final int LONGEST_ID = 80;

  private final Map<?, ?> keys;

  private SigmaRule(Map<?, ?> keys) {
    this.keys = keys;
  }

  /**
   * @throws ImportRefusedException if it is no rule but, say, a correlation of rules
   */
  static SigmaRule of(Object document) {
    if (!(document instanceof Map<?, ?> keys)) {
      throw new ImportRefusedException("is no rule, expected a mapping with title and detection");
    }
    for (String other : List.of("correlation", "filter", "action")) {
      if (keys.get(other) != null) {
        throw new ImportRefusedException("'" + other + "' has no counterpart");
      }
    }
    return new SigmaRule(keys);
  }

  /**
   * At least one rule.
   *
   * @throws ImportRefusedException if there are no rules with the same meaning
   */
  List<ImportedRule> translated() {
    if (List.of("deprecated", "unsupported").contains(text("status"))) {
      throw new ImportRefusedException("status is " + text("status"));
    }
    List<Set<SigmaExpression.Signed>> terms = expression().terms();
    List<ImportedRule> rules = new ArrayList<>();
    for (Set<SigmaExpression.Signed> term : terms) {
      rules.add(rule(term, terms.size() == 1 ? "" : "." + (rules.size() + 1)));
    }
    return rules;
  }

  private SigmaExpression expression() {
    if (!(keys.get("detection") instanceof Map<?, ?> detection)) {
      throw new ImportRefusedException("detection is missing");
    }
    Map<String, Object> selections = new LinkedHashMap<>();
    detection.forEach((name, value) -> selections.put(String.valueOf(name), value));
    Object condition = selections.remove("condition");
    selections.remove("timeframe");
    List<SigmaExpression> any = new ArrayList<>();
    for (Object one : condition instanceof List<?> list ? list : List.of(orNone(condition))) {
      if (!(one instanceof String text)) {
        throw new ImportRefusedException("condition is '" + one + "', expected a text");
      }
      any.add(
          SigmaCondition.parse(
              text, selections.keySet(), name -> SigmaSelections.selection(selections.get(name))));
    }
    return SigmaExpression.any(any);
  }

  private static Object orNone(Object value) {
    return value == null ? "" : value;
  }

  private ImportedRule rule(Set<SigmaExpression.Signed> term, String suffix) {
    Set<InspectedField> fields = new TreeSet<>();
    List<Fragment> wanted = new ArrayList<>();
    List<Fragment> unwanted = new ArrayList<>();
    for (SigmaExpression.Signed signed : term) {
      fields.add(signed.match().field());
      (signed.unwanted() ? unwanted : wanted).add(signed.match().text());
    }
    if (fields.size() > 1) {
      throw new ImportRefusedException(
          "condition needs several fields at once: "
              + String.join(", ", fields.stream().map(InspectedField::key).toList()));
    }
    boolean placed = !unwanted.isEmpty() || !wanted.stream().allMatch(Fragment::isFree);
    return new ImportedRule(
        "sigma." + id() + suffix,
        title(),
        "",
        text("description"),
        Fragments.join(wanted, unwanted),
        Action.FLAG,
        severity(),
        tags(),
        fields.iterator().next(),
        List.of(),
        null,
        placed,
        false);
  }

  /** Its own, or one out of its title. */
  private String id() {
    String own = text("id").isEmpty() ? title().toLowerCase(Locale.ROOT) : text("id");
    String plain = own.replaceAll("[^A-Za-z0-9_-]+", "_");
    return plain.length() > LONGEST_ID ? plain.substring(0, LONGEST_ID) : plain;
  }

  private String title() {
    if (text("title").isBlank()) {
      throw new ImportRefusedException("title is missing");
    }
    return text("title");
  }

  private Severity severity() {
    String level = text("level").isEmpty() ? "medium" : text("level");
    for (Severity severity : Severity.values()) {
      if (severity.name().equalsIgnoreCase(level)) {
        return severity;
      }
    }
    throw new ImportRefusedException("level is '" + level + "'");
  }

  private List<String> tags() {
    Set<String> tags = new TreeSet<>();
    if (keys.get("tags") instanceof List<?> list) {
      for (Object tag : list) {
        String text = String.valueOf(tag).toLowerCase(Locale.ROOT);
        Matcher technique = TECHNIQUE.matcher(text);
        Matcher cve = CVE.matcher(text);
        if (technique.matches()) {
          tags.add(technique.group(1).toUpperCase(Locale.ROOT));
        } else if (cve.matches()) {
          tags.add("CVE-" + cve.group(1) + "-" + cve.group(2));
        }
      }
    }
    return List.copyOf(tags);
  }

  private String text(String key) {
    Object value = keys.get(key);
    return value instanceof String || value instanceof Number ? value.toString() : "";
  }
}
