package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.TopicFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The shipped pack, loaded once for all classes of tests: it takes seconds. */
final class ShippedRules {

  private static final Map<EngineChoice, RuleSet> LOADED = new EnumMap<>(EngineChoice.class);

  private ShippedRules() {}

  /** The files' texts by name. */
  static Map<String, String> files() {
    try {
      return new RuleSource.Shipped().read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On the engine that is there. */
  static RuleSet loaded() {
    return loaded(EngineChoice.AUTO);
  }

  static synchronized RuleSet loaded(EngineChoice engine) {
    return LOADED.computeIfAbsent(
        engine, choice -> RuleSet.load(files(), choice, DecodeLimits.DEFAULT));
  }

  /** One of its own, for an inspector remembers what it saw. */
  static PatternInspector inspector(TopicFilter... alertTopics) {
    return new PatternInspector(loaded(), List.of(alertTopics), DecodeLimits.DEFAULT);
  }

  /** The threat patterns of all files, in force or not. */
  static List<Rule> threats() {
    return files().entrySet().stream()
        .flatMap(file -> RuleFile.parse(file.getKey(), file.getValue()).threats().stream())
        .toList();
  }
}
