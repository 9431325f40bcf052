package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All rules of one version, compiled and tested. Immutable and shared by all threads. */
final class RuleSet {

  private static final int HASH_DIGITS = 8;

  private final String version;
  private final CompiledRules alertValidation;
  private final CompiledRules threats;
  private final CompiledRules names;
  private final List<HarmlessField> harmless;
  private final Times times;

  /** What loading took, step by step, in nanoseconds. */
  record Times(long reading, long compiling, long testing) {

    @Override
    public String toString() {
      return "reading %d ms, compiling %d ms, testing %d ms"
          .formatted(reading / 1_000_000, compiling / 1_000_000, testing / 1_000_000);
    }
  }

  private RuleSet(
      String version,
      CompiledRules alertValidation,
      CompiledRules threats,
      CompiledRules names,
      List<HarmlessField> harmless,
      Times times) {
    this.version = version;
    this.alertValidation = alertValidation;
    this.threats = threats;
    this.names = names;
    this.harmless = harmless;
    this.times = times;
  }

  private RuleSet after(Times took) {
    return new RuleSet(version, alertValidation, threats, names, harmless, took);
  }

  /**
   * Parses, tests and compiles rule files, in the order of their names.
   *
   * @param files the texts by file name
   * @throws RuleFileException naming file, rule and reason of all that is wrong
   */
  static RuleSet load(Map<String, String> files, PatternCompiler engine, DecodeLimits limits) {
    engine.prepare();
    long start = System.nanoTime();
    RuleFiles read = RuleFiles.read(files, limits);
    long behindReading = System.nanoTime();
    RuleSet compiled = compile(files, read.files(), engine);
    long behindCompiling = System.nanoTime();
    read.test(List.of(compiled.alertValidation, compiled.threats, compiled.names), limits);
    return compiled.after(
        new Times(
            behindReading - start,
            behindCompiling - behindReading,
            System.nanoTime() - behindCompiling));
  }

  private static RuleSet compile(
      Map<String, String> files, List<RuleFile> parsed, PatternCompiler engine) {
    try {
      return new RuleSet(
          version(files, parsed),
          compile(parsed, RuleFile::alertValidation, engine),
          compile(parsed, file -> threats(file, false), engine),
          compile(parsed, file -> threats(file, true), engine),
          parsed.stream().flatMap(file -> file.harmless().stream()).toList(),
          new Times(0, 0, 0));
    } catch (RegexSyntaxException e) {
      nameRefused(parsed, engine);
      throw new RuleFileException(String.join(", ", files.keySet()), "", e.getMessage());
    }
  }

  /** Compiles each pattern alone, to say which ones the engine refuses. */
  private static void nameRefused(List<RuleFile> files, PatternCompiler engine) {
    RuleProblems problems = new RuleProblems();
    for (RuleFile file : files) {
      file.rules().forEach(rule -> problems.gather(() -> compileAlone(file, rule, engine)));
    }
    problems.throwIfAny();
  }

  private static void compileAlone(RuleFile file, Rule rule, PatternCompiler engine) {
    try {
      engine.compile(List.of(rule.pattern().undivided()));
    } catch (RegexSyntaxException e) {
      String reason = e.getMessage().substring(e.getMessage().lastIndexOf(": ") + 2);
      throw new RuleFileException(
          file.name(), rule.name(), "pattern is refused by the engine: " + reason);
    }
  }

  /**
   * Parses and tests rule files without an engine.
   *
   * @throws RuleFileException naming file, rule and reason of all that is wrong
   */
  static List<RuleFile> check(Map<String, String> files, DecodeLimits limits) {
    RuleFiles read = RuleFiles.read(files, limits);
    read.test(limits);
    return read.files();
  }

  /** What findings name: the versions that the files state and a hash of their text. */
  String version() {
    return version;
  }

  CompiledRules alertValidation() {
    return alertValidation;
  }

  /** For what a message carries, and for names too. */
  CompiledRules threats() {
    return threats;
  }

  /** For topics, client ids and user names alone. */
  CompiledRules names() {
    return names;
  }

  /** What no threat pattern looks at. */
  List<HarmlessField> harmless() {
    return harmless;
  }

  /** What findings call the rules in force. */
  Set<String> ids() {
    return Stream.of(alertValidation, threats, names)
        .flatMap(compiled -> compiled.rules().stream())
        .map(Rule::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Rules in force. */
  int size() {
    return alertValidation.rules().size() + threats.rules().size() + names.rules().size();
  }

  Times times() {
    return times;
  }

  /** The engine that matches the threat patterns. */
  String engineName() {
    return threats.engine().name();
  }

  private static List<Rule> threats(RuleFile file, boolean namesOnly) {
    return file.threats().stream()
        .filter(rule -> InspectedField.NAMES.containsAll(rule.fields()) == namesOnly)
        .toList();
  }

  private static CompiledRules compile(
      List<RuleFile> files, Function<RuleFile, List<Rule>> section, PatternCompiler engine) {
    return new CompiledRules(
        files.stream().flatMap(file -> section.apply(file).stream()).filter(Rule::enabled).toList(),
        engine);
  }

  private static String version(Map<String, String> files, List<RuleFile> parsed) {
    TreeSet<String> stated = new TreeSet<>();
    parsed.forEach(file -> file.version().ifPresent(stated::add));
    String hash = hash(new TreeMap<>(files).toString());
    return stated.isEmpty() ? hash : String.join("/", stated) + "+" + hash;
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
