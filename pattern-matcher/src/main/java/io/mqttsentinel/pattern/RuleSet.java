package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** All rules of one version, compiled and tested. Immutable and shared by all threads. */
final class RuleSet {

  private static final int HASH_DIGITS = 8;

  private final String version;
  private final int size;
  private final CompiledRules alertValidation;
  private final CompiledRules contentThreats;
  private final CompiledRules nameThreats;

  private RuleSet(
      String version,
      int size,
      CompiledRules alertValidation,
      CompiledRules contentThreats,
      CompiledRules nameThreats) {
    this.version = version;
    this.size = size;
    this.alertValidation = alertValidation;
    this.contentThreats = contentThreats;
    this.nameThreats = nameThreats;
  }

  /**
   * Parses, tests and compiles rule files, in the order of their names.
   *
   * @param files the texts by file name
   * @throws RuleFileException naming file, rule and reason
   */
  static RuleSet load(Map<String, String> files, EngineChoice engine, DecodeLimits limits) {
    List<RuleFile> parsed =
        new TreeMap<>(files)
            .entrySet().stream().map(e -> RuleFile.parse(e.getKey(), e.getValue())).toList();
    Map<String, String> owners = new HashMap<>();
    for (RuleFile file : parsed) {
      file.alertValidation().forEach(rule -> check(file, rule, owners, limits));
      file.threats().forEach(rule -> check(file, rule, owners, limits));
    }
    if (owners.isEmpty()) {
      throw new RuleFileException(
          String.join(", ", files.keySet()), "", "no rules, expected at least one");
    }
    try {
      List<Rule> threats =
          parsed.stream().flatMap(f -> f.threats().stream()).filter(Rule::enabled).toList();
      List<Rule> alerts =
          parsed.stream().flatMap(f -> f.alertValidation().stream()).filter(Rule::enabled).toList();
      return new RuleSet(
          version(files, parsed),
          threats.size() + alerts.size(),
          new CompiledRules(alerts, engine),
          new CompiledRules(those(threats, false), engine),
          new CompiledRules(those(threats, true), engine));
    } catch (RegexSyntaxException e) {
      throw new RuleFileException(String.join(", ", files.keySet()), "", e.getMessage());
    }
  }

  /** What findings name: the versions that the files state and a hash of their text. */
  String version() {
    return version;
  }

  CompiledRules alertValidation() {
    return alertValidation;
  }

  /** The rules that are for a field; where they are for some fields only, see each rule. */
  CompiledRules threats(InspectedField field) {
    return field.isName() ? nameThreats : contentThreats;
  }

  /** Rules in force. */
  int size() {
    return size;
  }

  /** The engine that matches the threat patterns. */
  String engineName() {
    return contentThreats.engine().name();
  }

  private static List<Rule> those(List<Rule> threats, boolean names) {
    return threats.stream()
        .filter(rule -> rule.fields().stream().anyMatch(field -> field.isName() == names))
        .toList();
  }

  private static void check(
      RuleFile file, Rule rule, Map<String, String> owners, DecodeLimits limits) {
    String other = owners.putIfAbsent(rule.id(), file.name());
    if (other != null) {
      throw new RuleFileException(
          file.name(), rule.name(), "id '%s' is used in %s too".formatted(rule.id(), other));
    }
    RuleTests.run(file.name(), rule, limits);
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
