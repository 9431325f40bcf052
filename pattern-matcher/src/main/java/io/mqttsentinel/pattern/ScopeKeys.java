package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.TopicFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The keys of a rule that say what it looks at. */
final class ScopeKeys {

  static final Set<String> KNOWN = Set.of("topics", "tenants", "field", "content");

  private ScopeKeys() {}

  /** What {@code scope} says; of alerts only topics, tenants and content. */
  static RuleScope scope(YamlKeys scope, boolean alert) {
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

  /** A place in a JSON payload, as {@code json:$.path} names it. */
  static JsonPath path(YamlKeys keys, String field) {
    return read(
        keys, "field", field, name -> JsonPath.parse(name.substring(JsonPath.PREFIX.length())));
  }

  private static Set<ContentKind> contents(YamlKeys scope) {
    EnumSet<ContentKind> contents = EnumSet.noneOf(ContentKind.class);
    for (String name : scope.texts("content")) {
      contents.add(
          Arrays.stream(ContentKind.values())
              .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      scope.refusal(
                          "content", "is '" + name + "', expected any of text, json, binary")));
    }
    return contents;
  }

  /** The topic filters of {@code topics}. */
  static List<TopicFilter> topics(YamlKeys keys) {
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
