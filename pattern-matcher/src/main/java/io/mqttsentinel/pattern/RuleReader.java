package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
  private static final Set<String> TEST_KEYS = Set.of("match", "no_match");
  private static final Set<String> HARMLESS_KEYS =
      Set.of("name", "description", "topics", "field", "pattern", "flags");
  private static final String NAME_SYNTAX = "[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}";

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
        pattern(keys, "pattern", flags, PayloadPattern.LARGEST_TRIED),
        keys.has("not_match") ? pattern(keys, "not_match", flags, PayloadPattern.LARGEST) : null,
        keys.choice("not_match_in", EnumSet.allOf(ExceptIn.class), ExceptIn.MATCH) == ExceptIn.TEXT
            || action == Action.ALLOW,
        action,
        keys.choice("severity", Arrays.asList(Severity.values()), usual),
        confirmation(keys, alert),
        keys.flag("enabled", true),
        keys.choice("mode", Arrays.asList(Mode.values()), Mode.ENFORCE) == Mode.SHADOW,
        keys.flag("force", false),
        keys.texts("tags"),
        ScopeKeys.scope(inner(called, keys, "scope", ScopeKeys.KNOWN), alert),
        decode(keys, alert),
        keys.has("threshold")
            ? ThresholdKeys.threshold(
                inner(called, keys, "threshold", ThresholdKeys.KNOWN), keys, alert)
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
      paths.add(ScopeKeys.path(keys, field));
    }
    String flags = flags(keys, "is");
    return new HarmlessField(
        ScopeKeys.topics(keys),
        paths,
        keys.has("pattern") ? pattern(keys, "pattern", flags, PayloadPattern.LARGEST) : null);
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

  private static PayloadPattern pattern(YamlKeys keys, String key, String flags, int largest) {
    PayloadPattern pattern;
    try {
      pattern =
          PayloadPattern.compile(keys.text(key, ""), flags.contains("i"), flags.contains("s"));
    } catch (RegexSyntaxException e) {
      throw keys.refusal(key, "is refused: " + e.getMessage());
    }
    if (pattern.size() > largest) {
      throw keys.refusal(
          key, "makes %d elements, expected at most %d".formatted(pattern.size(), largest));
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
}
