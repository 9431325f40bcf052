package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs the tests that a rule brings along, decoding included, before the rule is used. */
final class RuleTests {

  private RuleTests() {}

  /**
   * @throws RuleFileException naming the rule and the payload that hits or does not, against what
   *     the rule says of itself
   */
  static void run(String file, Rule rule, DecodeLimits limits) {
    for (String payload : rule.matching()) {
      if (!hits(rule, payload, limits)) {
        throw new RuleFileException(
            file, rule.name(), "tests.match: does not match '" + payload + "'");
      }
    }
    for (String payload : rule.notMatching()) {
      if (hits(rule, payload, limits)) {
        throw new RuleFileException(file, rule.name(), "tests.no_match: matches '" + payload + "'");
      }
    }
  }

  private static boolean hits(Rule rule, String payload, DecodeLimits limits) {
    List<byte[]> hit = new ArrayList<>();
    new Normalizer(limits)
        .expand(
            payload.getBytes(StandardCharsets.UTF_8),
            (view, chain) -> {
              boolean excepted =
                  rule.notMatch() != null && rule.notMatch().find(view, view.length).exists();
              if (!excepted && rule.pattern().find(view, view.length).exists()) {
                hit.add(view);
              }
            });
    return !hit.isEmpty();
  }
}
