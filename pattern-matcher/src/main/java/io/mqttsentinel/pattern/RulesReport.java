package io.mqttsentinel.pattern;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code check}, {@code test} and {@code list} of {@code ./sentinel rules}. */
final class RulesReport {

  private final RulesArguments given;
  private final PrintStream out;

  RulesReport(RulesArguments given, PrintStream out) {
    this.given = given;
    this.out = out;
  }

  /** Loads as the service does. */
  int check() throws IOException {
    Map<String, String> files = given.files();
    long start = System.nanoTime();
    RuleSet rules = RuleSet.load(files, given.engine(), DecodeLimits.DEFAULT);
    out.printf(
        "%d rules in %d files, version %s, on %s, ready after %d ms%n",
        rules.size(),
        files.size(),
        rules.version(),
        rules.engineName(),
        (System.nanoTime() - start) / 1_000_000);
    return RulesApplication.SUCCESS;
  }

  int test() throws IOException {
    List<RuleFile> files = RuleSet.check(given.files(), DecodeLimits.DEFAULT);
    int all = 0;
    int rules = 0;
    for (RuleFile file : files) {
      int tests =
          file.rules().mapToInt(rule -> rule.matching().size() + rule.notMatching().size()).sum();
      int count = (int) file.rules().count();
      out.printf("%-40s %4d rules %5d tests%n", file.name(), count, tests);
      all += tests;
      rules += count;
      file.rules()
          .filter(rule -> rule.matching().isEmpty() || rule.notMatching().isEmpty())
          .forEach(
              rule ->
                  out.printf(
                      "  %s has no test of %s%n",
                      rule.id(), rule.matching().isEmpty() ? "a match" : "what must not match"));
    }
    out.printf("%d tests of %d rules passed%n", all, rules);
    return check();
  }

  int list() throws IOException {
    String wanted = given.option("--action").orElse("");
    if (!wanted.matches("|allow|flag|quarantine|block")) {
      throw new UsageException(
          "--action is '%s', expected allow, flag, quarantine or block".formatted(wanted));
    }
    int shown = 0;
    for (RuleFile file : RuleSet.check(given.files(), DecodeLimits.DEFAULT)) {
      for (Rule rule : file.rules().toList()) {
        String action = lower(rule.action());
        if (wanted.isEmpty() || wanted.equals(action)) {
          out.println(line(file, rule, action));
          shown++;
        }
      }
    }
    out.println(shown + " rules");
    return RulesApplication.SUCCESS;
  }

  private static String line(RuleFile file, Rule rule, String action) {
    String confirmed =
        rule.confirmation() == Confirmation.NONE ? "" : "?" + lower(rule.confirmation());
    String mode = !rule.enabled() ? "disabled" : rule.shadow() ? "shadow" : "enforce";
    return "%-36s %-14s %-13s %-8s %-20s %s (%s)"
        .formatted(
            rule.id(),
            action + confirmed,
            lower(rule.severity()),
            mode,
            String.join(",", rule.tags()),
            rule.title(),
            file.name());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
