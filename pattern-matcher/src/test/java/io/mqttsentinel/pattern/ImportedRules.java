package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Foreign rules of a test, and what ours made of them find. */
final class ImportedRules {

  private final List<ImportedRule> rules;
  private final PatternInspector inspector;

  private ImportedRules(List<ImportedRule> rules) {
    this.rules = rules;
    StringBuilder yaml = new StringBuilder("threat_patterns:\n");
    rules.forEach(rule -> yaml.append(rule.yaml()));
    inspector =
        new PatternInspector(
            RuleSet.load(
                Map.of("imported.yaml", yaml.toString()), EngineChoice.AUTO, DecodeLimits.DEFAULT),
            List.of(),
            DecodeLimits.DEFAULT);
  }

  /** A rule with these options after its message. */
  static ImportedRules suricata(String options) {
    return new ImportedRules(List.of(translated(options)));
  }

  static ImportedRule translated(String options) {
    return new SuricataRule(suricataRule(options)).translated();
  }

  static String suricataRule(String options) {
    return "alert mqtt any any -> any any (msg:\"a test\"; " + options + " sid:1; rev:2;)";
  }

  static void refusesSuricata(String reason, String options) {
    refuses(reason, () -> suricata(options));
  }

  /** A rule with this below {@code detection}. */
  static ImportedRules sigma(String detection) {
    return new ImportedRules(sigmaRules(detection));
  }

  static List<ImportedRule> sigmaRules(String detection) {
    String yaml = "title: A test\nid: 0-1\ndetection:\n" + detection.indent(2);
    try {
      return SigmaFile.read(yaml.getBytes(StandardCharsets.UTF_8)).getFirst().translation().rules();
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new AssertionError(e);
    }
  }

  static void refusesSigma(String reason, String detection) {
    refuses(reason, () -> sigma(detection));
  }

  private static void refuses(String reason, org.junit.jupiter.api.function.Executable step) {
    String message = assertThrows(ImportRefusedException.class, step).getMessage();
    assertTrue(message.contains(reason), message);
  }

  ImportedRule first() {
    return rules.getFirst();
  }

  ImportedRules hits(String... payloads) {
    for (String payload : payloads) {
      assertTrue(hits(message("t", payload)), pattern() + " on " + payload);
    }
    return this;
  }

  ImportedRules misses(String... payloads) {
    for (String payload : payloads) {
      assertEquals(List.of(), findings(message("t", payload)), pattern() + " on " + payload);
    }
    return this;
  }

  boolean hits(InspectedMessage message) {
    return !findings(message).isEmpty();
  }

  private List<String> findings(InspectedMessage message) {
    return inspector.inspect(message).stream()
        .filter(finding -> !finding.getRuleId().equals(PatternInspector.TRUNCATED))
        .map(Finding::getRuleId)
        .filter(id -> id.startsWith("suricata.") || id.startsWith("sigma."))
        .toList();
  }

  /** A payload of characters up to U+00FF, which stand for bytes. */
  private static InspectedMessage message(String topic, String payload) {
    return Messages.of(topic, payload.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String pattern() {
    return first().match().toString();
  }
}
