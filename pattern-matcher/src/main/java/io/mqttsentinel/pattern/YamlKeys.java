package io.mqttsentinel.pattern;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads one mapping of a rule file; whatever is unknown or of the wrong kind is refused. */
final class YamlKeys {

  private final String file;
  private final String rule;
  private final String prefix;
  private final Map<?, ?> values;

  private YamlKeys(String file, String rule, String prefix, Map<?, ?> values) {
    this.file = file;
    this.rule = rule;
    this.prefix = prefix;
    this.values = values;
  }

  /**
   * @param prefix what the keys are called in messages, such as {@code scope.}; may be empty
   * @throws RuleFileException if it is no mapping or has other keys than the known ones
   */
  static YamlKeys of(String file, String rule, String prefix, Object value, Set<String> known) {
    if (!(value instanceof Map<?, ?> map)) {
      String what = prefix.isEmpty() ? "it" : prefix.substring(0, prefix.length() - 1);
      String found = value == null ? "empty" : "'" + value + "'";
      throw new RuleFileException(
          file, rule, "%s is %s, expected a mapping of keys to values".formatted(what, found));
    }
    for (Object key : map.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        throw new RuleFileException(
            file,
            rule,
            "unknown key '%s%s', expected one of %s"
                .formatted(prefix, key, String.join(", ", new TreeSet<>(known))));
      }
    }
    return new YamlKeys(file, rule, prefix, map);
  }

  boolean has(String key) {
    return values.get(key) != null;
  }

  Object get(String key) {
    return values.get(key);
  }

  String required(String key) {
    if (!has(key)) {
      throw refusal(key, "is missing");
    }
    return text(key, "");
  }

  String text(String key, String otherwise) {
    Object value = values.get(key);
    return switch (value) {
      case null -> otherwise;
      case String text -> text;
      case Number number -> number.toString();
      default -> throw refusal(key, "is '" + value + "', expected text");
    };
  }

  boolean flag(String key, boolean otherwise) {
    Object value = values.get(key);
    return switch (value) {
      case null -> otherwise;
      case Boolean flag -> flag;
      default -> throw refusal(key, "is '" + value + "', expected true or false");
    };
  }

  /** A list of texts, or one text. */
  List<String> texts(String key) {
    Object value = values.get(key);
    return switch (value) {
      case null -> List.of();
      case String text -> List.of(text);
      case Collection<?> many ->
          many.stream()
              .map(
                  one -> {
                    if (one instanceof String || one instanceof Number) {
                      return one.toString();
                    }
                    throw refusal(key, "holds '" + one + "', expected texts");
                  })
              .toList();
      default -> throw refusal(key, "is '" + value + "', expected a list of texts");
    };
  }

  /** One of an enum's values, in lower case. */
  <E extends Enum<E>> E choice(String key, Collection<E> options, E otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    String text = text(key, "");
    for (E option : options) {
      if (lower(option).equals(text)) {
        return option;
      }
    }
    throw refusal(
        key,
        "is '%s', expected one of %s"
            .formatted(text, String.join(", ", options.stream().map(YamlKeys::lower).toList())));
  }

  RuleFileException refusal(String key, String reason) {
    return new RuleFileException(file, rule, prefix + key + " " + reason);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
