package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A file of rules. {@code alert_validation}: on the alert topics the first rule whose pattern
 * occurs in the payload decides. {@code threat_patterns}: every rule that hits is a finding, on
 * every message. Patterns of the second kind ignore case and let a dot match line breaks, because
 * SQL, shells and browsers do not care either; {@code flags} says otherwise: any of {@code i} and
 * {@code s}, or nothing.
 */
record RuleFile(
    String name, Optional<String> version, List<Rule> alertValidation, List<Rule> threats) {

  private static final String ALERTS = "alert_validation";
  private static final String THREATS = "threat_patterns";
  private static final Set<String> SECTIONS = Set.of("version", "description", ALERTS, THREATS);
  private static final Set<String> RULE_KEYS =
      Set.of(
          "id",
          "name",
          "version",
          "description",
          "pattern",
          "not_match",
          "flags",
          "action",
          "severity",
          "enabled",
          "mode",
          "tags",
          "scope",
          "tests");
  private static final Set<String> SCOPE_KEYS = Set.of("topics", "field");
  private static final Set<String> TEST_KEYS = Set.of("match", "no_match");
  private static final String NAME_SYNTAX = "[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}";
  private static final int MOST_CHARACTERS = 4 << 20;

  private enum Mode {
    ENFORCE,
    SHADOW
  }

  /**
   * @throws RuleFileException naming file, rule and reason
   */
  static RuleFile parse(String name, String yaml) {
    Object document;
    try {
      document = yaml().load(yaml);
    } catch (YAMLException e) {
      throw new RuleFileException(name, "", "is not YAML: " + e.getMessage());
    }
    YamlKeys keys = YamlKeys.of(name, "", "", document, SECTIONS);
    Optional<String> version = Optional.ofNullable(keys.text("version", null));
    return new RuleFile(
        name,
        version,
        rules(name, keys.get(ALERTS), ALERTS),
        rules(name, keys.get(THREATS), THREATS));
  }

  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    options.setNestingDepthLimit(10);
    options.setCodePointLimit(MOST_CHARACTERS);
    return new Yaml(new SafeConstructor(options));
  }

  private static List<Rule> rules(String file, Object section, String title) {
    if (section == null) {
      return List.of();
    }
    if (!(section instanceof List<?> entries)) {
      throw new RuleFileException(file, "", title + " is '" + section + "', expected a list");
    }
    List<Rule> rules = new ArrayList<>();
    for (Object entry : entries) {
      String place = title + "[" + rules.size() + "]";
      rules.add(rule(file, place, entry, title.equals(ALERTS)));
    }
    return List.copyOf(rules);
  }

  private static Rule rule(String file, String place, Object entry, boolean alert) {
    boolean named = entry instanceof Map<?, ?> map && map.get("name") instanceof String;
    String called = named ? (String) ((Map<?, ?>) entry).get("name") : place;
    YamlKeys keys = YamlKeys.of(file, called, "", entry, RULE_KEYS);
    keys.required("name");
    String id = keys.text("id", called);
    if (!id.matches(NAME_SYNTAX)) {
      throw keys.refusal(
          keys.has("id") ? "id" : "name",
          "is '" + id + "', expected letters, digits and _ . : - (or give an id of such)");
    }
    String flags = keys.text("flags", alert ? "" : "is");
    if (!flags.matches("i?s?|si")) {
      throw keys.refusal("flags", "is '" + flags + "', expected any of i (case) and s (dot)");
    }
    keys.required("pattern");
    keys.required("action");
    Set<Action> actions =
        alert ? EnumSet.allOf(Action.class) : EnumSet.range(Action.FLAG, Action.BLOCK);
    Action action = keys.choice("action", actions, null);
    Severity usual = action == Action.ALLOW ? Severity.INFORMATIONAL : Severity.MEDIUM;
    YamlKeys scope = YamlKeys.of(file, called, "scope.", orEmpty(keys.get("scope")), SCOPE_KEYS);
    YamlKeys tests = YamlKeys.of(file, called, "tests.", orEmpty(keys.get("tests")), TEST_KEYS);
    return new Rule(
        id,
        called,
        keys.text("version", ""),
        keys.text("description", ""),
        pattern(keys, "pattern", flags),
        keys.has("not_match") ? pattern(keys, "not_match", flags) : null,
        action,
        keys.choice("severity", Arrays.asList(Severity.values()), usual),
        Confirmation.NONE,
        keys.flag("enabled", true),
        keys.choice("mode", Arrays.asList(Mode.values()), Mode.ENFORCE) == Mode.SHADOW,
        keys.texts("tags"),
        fields(scope, alert),
        topics(scope),
        tests.texts("match"),
        tests.texts("no_match"));
  }

  private static Object orEmpty(Object value) {
    return value == null ? Map.of() : value;
  }

  private static PayloadPattern pattern(YamlKeys keys, String key, String flags) {
    try {
      return PayloadPattern.compile(keys.text(key, ""), flags.contains("i"), flags.contains("s"));
    } catch (RegexSyntaxException e) {
      throw keys.refusal(key, "is refused: " + e.getMessage());
    }
  }

  private static Set<InspectedField> fields(YamlKeys scope, boolean alert) {
    List<String> named = scope.texts("field");
    if (named.isEmpty()) {
      return alert ? EnumSet.of(InspectedField.PAYLOAD) : EnumSet.allOf(InspectedField.class);
    }
    if (alert) {
      throw scope.refusal("field", "is given, but " + ALERTS + " looks at the payload only");
    }
    EnumSet<InspectedField> fields = EnumSet.noneOf(InspectedField.class);
    for (String name : named) {
      fields.add(
          Arrays.stream(InspectedField.values())
              .filter(field -> field.key().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      scope.refusal(
                          "field",
                          "is '%s', expected any of %s"
                              .formatted(
                                  name,
                                  String.join(
                                      ", ",
                                      Arrays.stream(InspectedField.values())
                                          .map(InspectedField::key)
                                          .toList())))));
    }
    return fields;
  }

  private static List<TopicFilter> topics(YamlKeys scope) {
    return scope.texts("topics").stream()
        .map(
            filter -> {
              try {
                return TopicFilter.parse(filter);
              } catch (IllegalArgumentException e) {
                throw scope.refusal("topics", "holds " + e.getMessage());
              }
            })
        .toList();
  }
}
