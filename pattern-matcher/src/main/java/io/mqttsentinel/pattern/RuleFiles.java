package io.mqttsentinel.pattern;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Rule files that were read: every rule is well formed, and its id its own.
 *
 * @param files in the order of their names
 * @param owners the files' names by the ids of their rules
 */
record RuleFiles(List<RuleFile> files, Map<String, String> owners) {

  /**
   * Parses rule files.
   *
   * @param texts by file name
   * @throws RuleFileException naming file, rule and reason of all that is wrong, failed tests of
   *     the rules that could be read among it
   */
  static RuleFiles read(Map<String, String> texts, DecodeLimits limits) {
    RuleProblems problems = new RuleProblems();
    List<Supplier<RuleFile>> parsed =
        Parallel.map(
            List.copyOf(new TreeMap<>(texts).entrySet()),
            file -> file.getValue().length(),
            file -> parse(file.getKey(), file.getValue()));
    List<RuleFile> files = parsed.stream().flatMap(file -> problems.gather(file).stream()).toList();
    Map<String, String> owners = new HashMap<>();
    for (RuleFile file : files) {
      file.threats().forEach(rule -> problems.gather(() -> RuleLint.check(file.name(), rule)));
      file.rules().forEach(rule -> problems.gather(() -> claim(rule, file.name(), owners)));
    }
    RuleFiles read = new RuleFiles(files, owners);
    if (problems.areAny()) {
      problems.gather(() -> read.test(limits));
    }
    problems.throwIfAny();
    if (owners.isEmpty()) {
      throw new RuleFileException(
          String.join(", ", texts.keySet()), "", "no rules, expected at least one");
    }
    return read;
  }

  /**
   * Runs the tests of all rules without an engine.
   *
   * @throws RuleFileException naming every text that a rule is wrong about
   */
  void test(DecodeLimits limits) {
    RuleProblems problems = new RuleProblems();
    List<Rule> rules = files.stream().flatMap(RuleFile::rules).toList();
    test(RuleTests.alone(rules, limits), rules, 0, rules.size(), problems);
    problems.throwIfAny();
  }

  /**
   * Runs the tests of all rules on all processors: with the engines that were made for them, and
   * without one where a rule is not in force.
   *
   * @throws RuleFileException naming every text that a rule is wrong about
   */
  void test(List<CompiledRules> inForce, DecodeLimits limits) {
    RuleProblems problems = new RuleProblems();
    for (CompiledRules compiled : inForce) {
      int size = compiled.rules().size();
      int parts = Math.min(size, Runtime.getRuntime().availableProcessors());
      List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
      Parallel.map(
              numbers,
              i -> 0,
              i -> test(compiled, i * size / parts, (i + 1) * size / parts, limits))
          .forEach(part -> problems.gather(part::throwIfAny));
    }
    for (RuleFile file : files) {
      List<Rule> disabled = file.rules().filter(rule -> !rule.enabled()).toList();
      test(RuleTests.alone(disabled, limits), disabled, 0, disabled.size(), problems);
    }
    problems.throwIfAny();
  }

  private RuleProblems test(CompiledRules compiled, int from, int to, DecodeLimits limits) {
    RuleProblems problems = new RuleProblems();
    test(RuleTests.of(compiled, limits), compiled.rules(), from, to, problems);
    return problems;
  }

  private void test(RuleTests tests, List<Rule> rules, int from, int to, RuleProblems problems) {
    IntStream.range(from, to)
        .forEach(i -> problems.gather(() -> tests.run(owners.get(rules.get(i).id()), i)));
  }

  private static void claim(Rule rule, String file, Map<String, String> owners) {
    String other = owners.putIfAbsent(rule.id(), file);
    if (other != null) {
      throw new RuleFileException(
          file, rule.name(), "id '%s' is used in %s too".formatted(rule.id(), other));
    }
  }

  /** The file, or the refusal of it, for the thread that gathers them in their order. */
  private static Supplier<RuleFile> parse(String name, String yaml) {
    try {
      RuleFile file = RuleFile.parse(name, yaml);
      return () -> file;
    } catch (RuleFileException e) {
      return () -> {
        throw e;
      };
    }
  }
}
