package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.TopicFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads the rules of one file. Threat patterns ignore case and let a dot match line breaks, because
 * SQL, shells and browsers do not care either; {@code flags} says otherwise: any of {@code i} and
 * {@code s}, or nothing. A class of one key after the other.
 */
final class RuleReader {

  private static final Set<String> RULE_KEYS =
      Set.of(
          "id",
          "name",
          "version",
          "description",
          "pattern",
          "not_match",
          "not_match_in",
          "flags",
          "action",
          "severity",
          "confirm",
          "enabled",
          "mode",
          "force",
          "tags",
          "scope",
          "decode",
          "threshold",
          "tests");
  private static final Set<String> SCOPE_KEYS = Set.of("topics", "tenants", "field", "content");
  private static final Set<String> THRESHOLD_KEYS = Set.of("count", "window", "by");
  private static final Set<String> TEST_KEYS = Set.of("match", "no_match");
  private static final Set<String> HARMLESS_KEYS =
      Set.of("name", "description", "topics", "field", "pattern", "flags");
  private static final String NAME_SYNTAX = "[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}";
  private static final int MOST_HITS = 1000;
  private static final Duration LONGEST_WINDOW = Duration.ofDays(1);

  private enum Mode {
    ENFORCE,
    SHADOW
  }

  private enum ExceptIn {
    MATCH,
    TEXT
  }

  private final String file;

  RuleReader(String file) {
    this.file = file;
  }

  /** A rule of {@code alert_validation}. */
  Rule alertRule(String place, Object entry) {
    return rule(place, entry, true);
  }

  /** A rule of {@code threat_patterns}. */
  Rule threatRule(String place, Object entry) {
    return rule(place, entry, false);
  }

  private Rule rule(String place, Object entry, boolean alert) {
    String called = name(place, entry);
    YamlKeys keys = YamlKeys.of(file, called, "", entry, RULE_KEYS);
    keys.required("name");
    String id = keys.text("id", called);
    if (!id.matches(NAME_SYNTAX)) {
      throw keys.refusal(
          keys.has("id") ? "id" : "name",
          "is '" + id + "', expected letters, digits and _ . : - (or give an id of such)");
    }
    String flags = flags(keys, alert ? "" : "is");
    keys.required("pattern");
    keys.required("action");
    Set<Action> actions =
        alert ? EnumSet.allOf(Action.class) : EnumSet.range(Action.FLAG, Action.BLOCK);
    Action action = keys.choice("action", actions, null);
    Severity usual = action == Action.ALLOW ? Severity.INFORMATIONAL : Severity.MEDIUM;
    YamlKeys tests = inner(called, keys, "tests", TEST_KEYS);
    return new Rule(
        id,
        called,
        keys.text("version", ""),
        keys.text("description", ""),
        pattern(keys, "pattern", flags),
        keys.has("not_match") ? exception(keys, flags) : null,
        keys.choice("not_match_in", EnumSet.allOf(ExceptIn.class), ExceptIn.MATCH) == ExceptIn.TEXT
            || action == Action.ALLOW,
        action,
        keys.choice("severity", Arrays.asList(Severity.values()), usual),
        confirmation(keys, alert),
        keys.flag("enabled", true),
        keys.choice("mode", Arrays.asList(Mode.values()), Mode.ENFORCE) == Mode.SHADOW,
        keys.flag("force", false),
        keys.texts("tags"),
        scope(inner(called, keys, "scope", SCOPE_KEYS), alert),
        decode(keys, alert),
        keys.has("threshold")
            ? threshold(inner(called, keys, "threshold", THRESHOLD_KEYS), keys, alert)
            : null,
        tests.texts("match"),
        tests.texts("no_match"));
  }

  /** An entry of {@code harmless_fields}. */
  HarmlessField harmless(String place, Object entry) {
    YamlKeys keys = YamlKeys.of(file, name(place, entry), "", entry, HARMLESS_KEYS);
    keys.required("field");
    List<JsonPath> paths = new ArrayList<>();
    for (String field : keys.texts("field")) {
      if (!field.startsWith(JsonPath.PREFIX)) {
        throw keys.refusal("field", "is '" + field + "', expected " + JsonPath.PREFIX + "$.path");
      }
      paths.add(path(keys, field));
    }
    String flags = flags(keys, "is");
    return new HarmlessField(
        topics(keys), paths, keys.has("pattern") ? pattern(keys, "pattern", flags) : null);
  }

  private static String name(String place, Object entry) {
    return entry instanceof Map<?, ?> map && map.get("name") instanceof String name ? name : place;
  }

  private YamlKeys inner(String rule, YamlKeys keys, String key, Set<String> known) {
    Object value = keys.get(key) == null ? Map.of() : keys.get(key);
    return YamlKeys.of(file, rule, key + ".", value, known);
  }

  private static String flags(YamlKeys keys, String usual) {
    String flags = keys.text("flags", usual);
    if (!flags.matches("i?s?|si")) {
      throw keys.refusal("flags", "is '" + flags + "', expected any of i (case) and s (dot)");
    }
    return flags;
  }

  private static PayloadPattern pattern(YamlKeys keys, String key, String flags) {
    try {
      return PayloadPattern.compile(keys.text(key, ""), flags.contains("i"), flags.contains("s"));
    } catch (RegexSyntaxException e) {
      throw keys.refusal(key, "is refused: " + e.getMessage());
    }
  }

  /** Whoever has an engine compile a pattern hears that it is too large; nobody does with these. */
  private static PayloadPattern exception(YamlKeys keys, String flags) {
    PayloadPattern pattern = pattern(keys, "not_match", flags);
    if (pattern.size() > PayloadPattern.LARGEST) {
      throw keys.refusal(
          "not_match",
          "makes %d elements, expected at most %d"
              .formatted(pattern.size(), PayloadPattern.LARGEST));
    }
    return pattern;
  }

  private static Confirmation confirmation(YamlKeys keys, boolean alert) {
    if (alert && keys.has("confirm")) {
      throw keys.refusal("confirm", "belongs to threat_patterns");
    }
    return keys.choice("confirm", Arrays.asList(Confirmation.values()), Confirmation.NONE);
  }

  private static DecodeScope decode(YamlKeys keys, boolean alert) {
    Object value = keys.get("decode");
    if (value == null) {
      return alert ? DecodeScope.RAW_ONLY : DecodeScope.ALL;
    }
    if (alert) {
      throw keys.refusal("decode", "is given, but alert_validation looks at the raw payload only");
    }
    if (value instanceof Boolean all) {
      return all ? DecodeScope.ALL : DecodeScope.RAW_ONLY;
    }
    try {
      return DecodeScope.of(keys.texts("decode"));
    } catch (IllegalArgumentException e) {
      throw keys.refusal("decode", "holds " + e.getMessage());
    }
  }

  private static Threshold threshold(YamlKeys keys, YamlKeys rule, boolean alert) {
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
      Duration window = Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
      if (window.isPositive() && window.compareTo(LONGEST_WINDOW) <= 0) {
        return window;
      }
    }
    throw keys.refusal(
        "window", "is '%s', expected such as 30s, 5m or 1h, up to 24h".formatted(text));
  }

  private static RuleScope scope(YamlKeys scope, boolean alert) {
    List<JsonPath> paths = new ArrayList<>();
    return new RuleScope(
        fields(scope, paths, alert),
        List.copyOf(paths),
        topics(scope),
        Set.copyOf(new TreeSet<>(scope.texts("tenants"))),
        contents(scope));
  }

  private static Set<InspectedField> fields(YamlKeys scope, List<JsonPath> paths, boolean alert) {
    List<String> named = scope.texts("field");
    if (named.isEmpty()) {
      return alert ? EnumSet.of(InspectedField.PAYLOAD) : InspectedField.usual();
    }
    if (alert) {
      throw scope.refusal("field", "is given, but alert_validation looks at the payload only");
    }
    EnumSet<InspectedField> fields = EnumSet.noneOf(InspectedField.class);
    for (String name : named) {
      if (name.startsWith(JsonPath.PREFIX)) {
        paths.add(path(scope, name));
        fields.add(InspectedField.JSON);
      } else {
        fields.add(field(scope, name));
      }
    }
    return fields;
  }

  private static InspectedField field(YamlKeys scope, String name) {
    for (InspectedField field : InspectedField.usual()) {
      if (field.key().equals(name)) {
        return field;
      }
    }
    List<String> known = InspectedField.usual().stream().map(InspectedField::key).toList();
    throw scope.refusal(
        "field",
        "is '%s', expected any of %s, %s$.path"
            .formatted(name, String.join(", ", known), JsonPath.PREFIX));
  }

  private static JsonPath path(YamlKeys keys, String field) {
    return read(
        keys, "field", field, name -> JsonPath.parse(name.substring(JsonPath.PREFIX.length())));
  }

  private static Set<ContentKind> contents(YamlKeys scope) {
    EnumSet<ContentKind> contents = EnumSet.noneOf(ContentKind.class);
    for (String name : scope.texts("content")) {
      contents.add(
          Arrays.stream(ContentKind.values())
              .filter(kind -> kind.name().toLowerCase(java.util.Locale.ROOT).equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      scope.refusal(
                          "content", "is '" + name + "', expected any of text, json, binary")));
    }
    return contents;
  }

  private static List<TopicFilter> topics(YamlKeys keys) {
    return keys.texts("topics").stream()
        .map(filter -> read(keys, "topics", filter, TopicFilter::of))
        .toList();
  }

  private static <T> T read(YamlKeys keys, String key, String text, Function<String, T> reader) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw keys.refusal(key, "holds " + e.getMessage());
    }
  }
}
