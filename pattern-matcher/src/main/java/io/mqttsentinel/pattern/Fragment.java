package io.mqttsentinel.pattern;

import java.util.List;

/**
 * A piece of a pattern in the rule language, for flag {@code s}.
 *
 * @param source without the anchors that {@code first} and {@code last} stand for
 * @param first at the beginning of the field only
 * @param last at its end only
 * @param anchored has anchors inside, so that nothing may be put before or behind it
 */
record Fragment(String source, Letters letters, boolean first, boolean last, boolean anchored) {

  /** Whether upper and lower case are told apart. */
  enum Letters {
    /** There are none. */
    NONE,
    ANY_CASE,
    EXACT
  }

  private static final String META = "\\.^$|?*+()[]{}";

  /** Bytes to be found anywhere. */
  static Fragment text(byte[] bytes, boolean anyCase) {
    StringBuilder source = new StringBuilder();
    boolean letters = false;
    for (byte b : bytes) {
      escape(b & 0xff, source);
      letters |= (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }
    Letters of = anyCase ? Letters.ANY_CASE : Letters.EXACT;
    return new Fragment(source.toString(), letters ? of : Letters.NONE, false, false, false);
  }

  static void escape(int b, StringBuilder source) {
    if (b < ' ' || b > '~') {
      source.append("\\x%02x".formatted(b));
    } else {
      if (META.indexOf(b) >= 0) {
        source.append('\\');
      }
      source.append((char) b);
    }
  }

  boolean isFree() {
    return !first && !last && !anchored;
  }

  Fragment at(boolean begin, boolean end) {
    return new Fragment(source, letters, begin, end, anchored);
  }

  /** The source as it must be written where the rule's flags ignore case, or do not. */
  String written(boolean ignoringCase) {
    return letters == Letters.ANY_CASE && !ignoringCase ? "(?i:" + source + ")" : source;
  }

  /** The source with its anchors. */
  String whole(boolean ignoringCase) {
    return (first ? "\\A" : "") + written(ignoringCase) + (last ? "\\z" : "");
  }

  /** The letters of several in one: written without case ignored as soon as one is exact. */
  static Letters of(List<Fragment> fragments) {
    Letters of = Letters.NONE;
    for (Fragment fragment : fragments) {
      if (fragment.letters.compareTo(of) > 0) {
        of = fragment.letters;
      }
    }
    return of;
  }

  /** Any one of several that stand at the same place. */
  static Fragment anyOf(List<Fragment> options) {
    if (options.size() == 1) {
      return options.getFirst();
    }
    Letters of = of(options);
    List<String> sources =
        options.stream().map(option -> option.written(of != Letters.EXACT)).distinct().toList();
    String source = sources.size() == 1 ? sources.getFirst() : choice(sources);
    Fragment one = options.getFirst();
    return new Fragment(source, of, one.first, one.last, one.anchored);
  }

  static String choice(List<String> sources) {
    return "(?:" + String.join("|", sources) + ")";
  }

  /**
   * What it matches.
   *
   * @throws ImportRefusedException if the source is not in the rule language
   */
  Regex regex() {
    try {
      return RegexParser.parse(source, letters == Letters.ANY_CASE, true);
    } catch (RegexSyntaxException e) {
      throw new ImportRefusedException("expression is refused " + e.getMessage());
    }
  }
}
