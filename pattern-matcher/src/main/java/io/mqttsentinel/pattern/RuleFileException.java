package io.mqttsentinel.pattern;

import java.util.List;

/** Rules that cannot be used: every problem found, each naming file, rule and reason. */
final class RuleFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  RuleFileException(String file, String rule, String reason) {
    this(List.of(file + ": " + (rule.isEmpty() ? "" : "rule " + rule + ": ") + reason));
  }

  /** All of {@code problems}, a line each. */
  RuleFileException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line for each. */
  List<String> problems() {
    return problems == null ? List.of(getMessage()) : problems;
  }
}
