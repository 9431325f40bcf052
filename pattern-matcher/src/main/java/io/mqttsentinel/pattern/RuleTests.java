package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs the tests that rules bring along, decoding included, before the rules are used. Used by one
 * thread at a time.
 */
final class RuleTests {

  /** What a test begins with whose bytes are no text. */
  private static final String BASE64 = "base64:";

  /** Where a match of a rule in a view ends, or -1. */
  private interface Matcher {
    int end(int rule, byte[] view);
  }

  private final List<Rule> rules;
  private final Matcher matcher;
  private final Normalizer normalizer;
  private final Exceptions exceptions = new Exceptions();

  private RuleTests(List<Rule> rules, Matcher matcher, DecodeLimits limits) {
    this.rules = rules;
    this.matcher = matcher;
    this.normalizer = new Normalizer(limits);
  }

  /** Pattern by pattern, for rules that no engine was made for. */
  static RuleTests alone(List<Rule> rules, DecodeLimits limits) {
    return new RuleTests(
        rules,
        (rule, view) -> {
          PayloadPattern.Span span = rules.get(rule).pattern().find(view, view.length);
          return span.exists() ? span.offset() + span.length() : -1;
        },
        limits);
  }

  /** With the engine that will match messages, which has all patterns compiled already. */
  static RuleTests of(CompiledRules compiled, DecodeLimits limits) {
    RuleScan scan = new RuleScan(compiled);
    return new RuleTests(
        compiled.rules(),
        (rule, view) -> {
          PatternHits hits = scan.scan(view);
          return hits.has(rule) ? hits.end(rule) : -1;
        },
        limits);
  }

  /**
   * Runs those of one rule.
   *
   * @throws RuleFileException naming the rule and every text that hits or does not, against what
   *     the rule says of itself
   */
  void run(String file, int number) {
    RuleProblems problems = new RuleProblems();
    Rule rule = rules.get(number);
    for (String text : rule.matching()) {
      problems.gather(
          () -> {
            if (!hits(file, number, text)) {
              throw new RuleFileException(
                  file, rule.name(), "tests.match: does not match '" + text + "'");
            }
          });
    }
    for (String text : rule.notMatching()) {
      problems.gather(
          () -> {
            if (hits(file, number, text)) {
              throw new RuleFileException(
                  file, rule.name(), "tests.no_match: matches '" + text + "'");
            }
          });
    }
    problems.throwIfAny();
  }

  private boolean hits(String file, int number, String text) {
    Rule rule = rules.get(number);
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
          if (allowed && rule.decode().allows(chain) && !hit.get()) {
            int end = matcher.end(number, view);
            exceptions.reset();
            hit.set(end >= 0 && !exceptions.hold(rule, view, end));
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
