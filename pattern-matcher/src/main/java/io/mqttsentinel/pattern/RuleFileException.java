package io.mqttsentinel.pattern;

/** A rule file that cannot be used: which file, which rule, why. */
final class RuleFileException extends RuntimeException {

  /**
   * @param rule the rule's name, or where it stands; empty for the file as a whole
   */
  RuleFileException(String file, String rule, String reason) {
    super(rule.isEmpty() ? file + ": " + reason : "%s: rule %s: %s".formatted(file, rule, reason));
  }
}
