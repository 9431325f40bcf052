package io.mqttsentinel.pattern;

import java.util.Comparator;
import java.util.Set;

/**
 * Refuses rules that would be tried on almost every text: a pattern must hold a literal of three
 * bytes, or three bytes in all that leave little choice.
 */
final class RuleLint {

  private static final int LEAST_BYTES = 3;
  private static final int LEAST_BYTES_IN_NOISE = 5;

  private RuleLint() {}

  /**
   * @throws RuleFileException for a threat pattern without enough literals that is not forced
   */
  static void check(String file, Rule rule) {
    if (!rule.forced() && !isTelling(rule.pattern())) {
      throw new RuleFileException(
          file,
          rule.name(),
          "pattern has no literal of %d bytes, which would have it tried on almost every text; make it longer or say force: true"
              .formatted(LEAST_BYTES));
    }
  }

  /**
   * Whether the pattern holds enough to be passed over on most texts; literals cost more to find.
   */
  static boolean isTelling(PayloadPattern pattern) {
    return pattern.leastBytes() >= LEAST_BYTES || longest(pattern) >= LEAST_BYTES;
  }

  /** Whether the pattern holds enough not to be met by chance in random bytes. */
  static boolean isTellingInNoise(PayloadPattern pattern) {
    return pattern.leastBytes() >= LEAST_BYTES_IN_NOISE || longest(pattern) >= LEAST_BYTES_IN_NOISE;
  }

  /** The longest string of which, or of whose equals, every match holds one. */
  private static int longest(PayloadPattern pattern) {
    return pattern.literals().stream().mapToInt(RequiredLiterals::shortest).max().orElse(0);
  }

  /** What the engine looks for first, for a person. */
  static String literals(PayloadPattern pattern) {
    return pattern.literals().stream()
        .max(
            Comparator.<Set<String>>comparingInt(RequiredLiterals::shortest)
                .thenComparingInt(set -> -set.size()))
        .map(set -> set.size() > 3 ? set.size() + " words" : String.join(" or ", set))
        .orElse("-");
  }
}
