package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Gathers what is wrong with rules, so that an author sees all of it at once. */
final class RuleProblems {

  private final List<String> problems = new ArrayList<>();

  /** The value, or nothing where making it failed. */
  <T> Optional<T> gather(Supplier<T> step) {
    try {
      return Optional.of(step.get());
    } catch (RuleFileException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  void gather(Runnable step) {
    try {
      step.run();
    } catch (RuleFileException e) {
      problems.addAll(e.problems());
    }
  }

  boolean areAny() {
    return !problems.isEmpty();
  }

  /**
   * @throws RuleFileException if there is any problem
   */
  void throwIfAny() {
    if (areAny()) {
      throw new RuleFileException(problems);
    }
  }
}
