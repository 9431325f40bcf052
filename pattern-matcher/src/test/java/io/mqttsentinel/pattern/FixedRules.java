package io.mqttsentinel.pattern;

import java.util.Map;

/** One file of rules. */
record FixedRules(String yaml) implements RuleSource {

  @Override
  public Map<String, String> read() {
    return Map.of("rules.yaml", yaml);
  }
}
