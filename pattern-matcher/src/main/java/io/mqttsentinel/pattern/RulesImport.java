package io.mqttsentinel.pattern;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code ./sentinel rules import}: rules of Suricata and Sigma as rules of ours. What loads is
 * printed or written, all of it in shadow mode; the rest is named with the reason.
 */
final class RulesImport {

  private static final long LARGEST_FILE = 64L << 20;

  /** What an engine can be asked to compile for one rule. */
  private static final String SECTION = "threat_patterns:";

  private final boolean force;
  private final EngineChoice engine;
  private final PrintStream err;
  private final StringBuilder yaml = new StringBuilder();
  private final Set<String> ids = new HashSet<>();
  private int imported;
  private int leftOut;

  private RulesImport(RulesArguments given, PrintStream err) {
    this.force = given.option("--force").isPresent();
    this.engine = given.engine();
    this.err = err;
  }

  /** Exit code 0 if anything was imported or there was nothing to import, else 1. */
  static int run(RulesArguments given, PrintStream out, PrintStream err) {
    if (given.places().isEmpty()) {
      throw new UsageException("import needs a file of Suricata or Sigma rules");
    }
    if (given.option("--out").filter(given.places()::contains).isPresent()) {
      throw new UsageException("--out names a file that is to be imported");
    }
    RulesImport work = new RulesImport(given, err);
    for (String place : given.places()) {
      Path file = Path.of(place);
      boolean sigma = isSigma(place, given.option("--format").orElse(""));
      for (ImportCandidate rule : candidates(file, sigma)) {
        work.take(file.getFileName().toString(), rule);
      }
    }
    boolean failed = work.imported == 0 && work.leftOut > 0;
    if (!failed) {
      write(given, work.text(), out);
    }
    err.printf("%d imported, %d left out%n", work.imported, work.leftOut);
    return failed ? RulesApplication.FAILURE : RulesApplication.SUCCESS;
  }

  private static boolean isSigma(String place, String format) {
    String name = place.toLowerCase(Locale.ROOT);
    return switch (format) {
      case "suricata" -> false;
      case "sigma" -> true;
      case "" -> {
        if (name.endsWith(".rules")) {
          yield false;
        }
        if (name.endsWith(".yml") || name.endsWith(".yaml")) {
          yield true;
        }
        throw new UsageException(
            "'%s' ends with neither .rules nor .yml; say --format suricata or sigma"
                .formatted(place));
      }
      default ->
          throw new UsageException(
              "--format is '%s', expected suricata or sigma".formatted(format));
    };
  }

  private static List<ImportCandidate> candidates(Path file, boolean sigma) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new UsageException("'%s' is no file".formatted(file));
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw new UsageException("'%s' is larger than %d MiB".formatted(file, LARGEST_FILE >> 20));
      }
      byte[] bytes = Files.readAllBytes(file);
      for (byte b : bytes) {
        if (b == 0) {
          throw new UsageException("'%s' is no text".formatted(file));
        }
      }
      return sigma ? SigmaFile.read(bytes) : SuricataFile.read(bytes);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new UsageException("'%s' is no UTF-8".formatted(file));
    } catch (IOException e) {
      throw new UsageException("'%s' cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private static void write(RulesArguments given, String text, PrintStream out) {
    String target = given.option("--out").orElse("");
    if (target.isEmpty()) {
      out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
      return;
    }
    try {
      Files.writeString(Path.of(target), text);
    } catch (IOException e) {
      throw new UsageException("'%s' cannot be written: %s".formatted(target, e.getMessage()));
    }
  }

  private void take(String file, ImportCandidate rule) {
    try {
      List<String> entries = new ArrayList<>();
      Set<String> own = new HashSet<>();
      for (ImportedRule translated : rule.translation().rules()) {
        entries.add(verified(translated));
        if (ids.contains(translated.id()) || !own.add(translated.id())) {
          throw new ImportRefusedException("id '" + translated.id() + "' is used before");
        }
      }
      String all = String.join("", entries);
      if (yaml.length() + all.length() + SECTION.length() + 1 > RuleFile.MOST_CHARACTERS) {
        throw new ImportRefusedException("the file would be too long, import fewer at once");
      }
      ids.addAll(own);
      yaml.append(all);
      imported++;
    } catch (ImportRefusedException e) {
      leftOut++;
      String label = rule.label().isEmpty() ? "" : ImportedRule.shown(rule.label()) + ": ";
      err.printf(
          "%s:%d: %s%s%n",
          ImportedRule.shown(file), rule.line(), label, ImportedRule.shown(e.getMessage()));
    }
  }

  /** The rule as YAML that was loaded once, engine included. */
  private String verified(ImportedRule rule) {
    refuseLarge(rule.match().pattern());
    if (rule.match().notMatch() != null) {
      refuseLarge(rule.match().notMatch());
    }
    try {
      ImportedRule last = rule;
      Rule parsed = RuleFile.parse("", SECTION + "\n" + rule.yaml()).threats().getFirst();
      if (force && !RuleLint.isTelling(parsed.pattern())) {
        last = rule.force();
      }
      RuleSet.load(Map.of("", SECTION + "\n" + last.yaml()), engine, DecodeLimits.DEFAULT);
      return last.yaml();
    } catch (RuleFileException e) {
      String problem = e.problems().getFirst();
      String prefix = ": rule " + ImportedRule.shown(rule.name()) + ": ";
      throw new ImportRefusedException(
          problem.startsWith(prefix) ? problem.substring(prefix.length()) : problem);
    }
  }

  private static void refuseLarge(String pattern) {
    try {
      if (RegexShape.size(RegexParser.parse(pattern, false, true)) > PayloadPattern.LARGEST) {
        throw new ImportRefusedException(
            "makes a pattern of more than %d elements".formatted(PayloadPattern.LARGEST));
      }
    } catch (RegexSyntaxException e) {
      throw new ImportRefusedException("pattern is refused: " + e.getMessage());
    }
  }

  private String text() {
    return yaml.isEmpty() ? SECTION + " []\n" : SECTION + "\n" + yaml;
  }
}
