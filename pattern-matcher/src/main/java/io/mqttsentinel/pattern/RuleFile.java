package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A file of rules. {@code alert_validation}: on the alert topics the first rule whose pattern
 * occurs in the payload decides. {@code threat_patterns}: every rule that hits is a finding, on
 * every message. {@code harmless_fields}: what no threat pattern looks at.
 */
record RuleFile(
    String name,
    Optional<String> version,
    List<Rule> alertValidation,
    List<Rule> threats,
    List<HarmlessField> harmless) {

  private static final String ALERTS = "alert_validation";
  private static final String THREATS = "threat_patterns";
  private static final String HARMLESS = "harmless_fields";
  private static final Set<String> SECTIONS =
      Set.of("version", "description", ALERTS, THREATS, HARMLESS);
  static final int MOST_CHARACTERS = 4 << 20;

  /** Reads one entry of a section. */
  private interface EntryReader<T> {
    T read(String place, Object entry);
  }

  /**
   * @throws RuleFileException naming file, rule and reason of all that is wrong
   */
  static RuleFile parse(String name, String yaml) {
    Object document;
    try {
      document = yaml().load(yaml);
    } catch (YAMLException e) {
      throw new RuleFileException(name, "", "is not YAML: " + reason(e));
    } catch (IllegalArgumentException e) { // of a tag such as !!int that its value does not fit
      throw new RuleFileException(name, "", "is not YAML: " + e.getMessage());
    }
    YamlKeys keys = YamlKeys.of(name, "", "", document, SECTIONS);
    RuleProblems problems = new RuleProblems();
    RuleReader reader = new RuleReader(name);
    Optional<String> version = Optional.ofNullable(keys.text("version", null));
    List<Rule> alerts = entries(name, keys, ALERTS, problems, reader::alertRule);
    List<Rule> threats = entries(name, keys, THREATS, problems, reader::threatRule);
    List<HarmlessField> harmless = entries(name, keys, HARMLESS, problems, reader::harmless);
    problems.throwIfAny();
    return new RuleFile(name, version, alerts, threats, harmless);
  }

  /** All of its rules, in force or not. */
  Stream<Rule> rules() {
    return Stream.concat(alertValidation.stream(), threats.stream());
  }

  /** In one line, without the excerpt of the text that the parser shows. */
  private static String reason(YAMLException failure) {
    if (failure instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return "line %d, column %d: %s"
          .formatted(
              marked.getProblemMark().getLine() + 1,
              marked.getProblemMark().getColumn() + 1,
              marked.getProblem());
    }
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  /** Refuses what only serves to make a small file large: duplicate keys, references, depth. */
  static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    options.setNestingDepthLimit(10);
    options.setCodePointLimit(MOST_CHARACTERS);
    return new Yaml(new SafeConstructor(options));
  }

  private static <T> List<T> entries(
      String file, YamlKeys keys, String section, RuleProblems problems, EntryReader<T> reader) {
    Object value = keys.get(section);
    if (value == null) {
      return List.of();
    }
    List<T> read = new ArrayList<>();
    problems.gather(
        () -> {
          if (!(value instanceof List<?> entries)) {
            throw new RuleFileException(file, "", section + " is '" + value + "', expected a list");
          }
          for (int i = 0; i < entries.size(); i++) {
            Object entry = entries.get(i);
            String place = section + "[" + i + "]";
            problems.gather(() -> reader.read(place, entry)).ifPresent(read::add);
          }
        });
    return List.copyOf(read);
  }
}
