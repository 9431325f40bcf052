package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs the tests that a rule brings along, decoding included, before the rule is used. */
final class RuleTests {

  /** What a test begins with whose bytes are no text. */
  private static final String BASE64 = "base64:";

  private RuleTests() {}

  /**
   * @throws RuleFileException naming the rule and every text that hits or does not, against what
   *     the rule says of itself
   */
  static void run(String file, Rule rule, DecodeLimits limits) {
    RuleProblems problems = new RuleProblems();
    Normalizer normalizer = new Normalizer(limits);
    for (String text : rule.matching()) {
      problems.gather(
          () -> {
            if (!hits(file, rule, text, normalizer)) {
              throw new RuleFileException(
                  file, rule.name(), "tests.match: does not match '" + text + "'");
            }
          });
    }
    for (String text : rule.notMatching()) {
      problems.gather(
          () -> {
            if (hits(file, rule, text, normalizer)) {
              throw new RuleFileException(
                  file, rule.name(), "tests.no_match: matches '" + text + "'");
            }
          });
    }
    problems.throwIfAny();
  }

  private static boolean hits(String file, Rule rule, String text, Normalizer normalizer) {
    byte[] bytes = bytes(file, rule, text);
    boolean payload = rule.fields().contains(InspectedField.PAYLOAD);
    if (payload && !rule.scope().includesContent(bytes)) {
      return false;
    }
    AtomicBoolean hit = new AtomicBoolean();
    normalizer.expand(
        bytes,
        (view, chain) -> {
          boolean allowed = !normalizer.isNoise() || rule.readsNoise();
          boolean looked = allowed && rule.decode().allows(chain) && !hit.get();
          if (looked && rule.pattern().find(view, view.length).exists()) {
            hit.set(rule.notMatch() == null || !rule.notMatch().find(view, view.length).exists());
          }
        });
    return hit.get();
  }

  /** The bytes that a test stands for. */
  static byte[] bytes(String file, Rule rule, String text) {
    if (!text.startsWith(BASE64)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(text.substring(BASE64.length()));
    } catch (IllegalArgumentException e) {
      throw new RuleFileException(
          file, rule.name(), "tests: '%s' is no base64: %s".formatted(text, e.getMessage()));
    }
  }
}
