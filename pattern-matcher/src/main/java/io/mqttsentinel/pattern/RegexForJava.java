package io.mqttsentinel.pattern;

import io.mqttsentinel.pattern.Regex.Assertion;
import io.mqttsentinel.pattern.Regex.Bytes;
import io.mqttsentinel.pattern.Regex.Choice;
import io.mqttsentinel.pattern.Regex.Repeat;
import io.mqttsentinel.pattern.Regex.Sequence;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An expression as RE2J takes it. RE2J calls itself once or twice for each optional turn of a
 * counted repeat when it compiles, and once for each option of a choice when it matches. So long
 * repeats and choices are written in two steps here, of about as many parts as the root of their
 * count; they match the same, and prefer the same.
 */
final class RegexForJava {

  /** Turns or options that are written as they are. */
  private static final int FEW = 16;

  private RegexForJava() {}

  static Regex of(Regex regex) {
    return switch (regex) {
      case Assertion _, Bytes _ -> regex;
      case Sequence sequence -> new Sequence(all(sequence.parts()));
      case Choice choice -> startingOnce(all(choice.options()));
      case Repeat repeat -> repeat(of(repeat.part()), repeat);
    };
  }

  private static List<Regex> all(List<Regex> parts) {
    return parts.stream().map(RegexForJava::of).toList();
  }

  /** {@code ^a|^b} as {@code ^(a|b)}: RE2J goes through the whole text for the former. */
  private static Regex startingOnce(List<Regex> options) {
    if (!options.stream().allMatch(RegexForJava::starts)) {
      return choice(options);
    }
    List<Regex> rest =
        options.stream()
            .map(option -> ((Sequence) option).parts())
            .<Regex>map(parts -> new Sequence(parts.subList(1, parts.size())))
            .toList();
    return new Sequence(List.of(Assertion.START, choice(rest)));
  }

  private static boolean starts(Regex regex) {
    return regex instanceof Sequence sequence
        && !sequence.parts().isEmpty()
        && sequence.parts().getFirst() == Assertion.START;
  }

  /** A choice inside of a repeat of one turn is none that RE2J takes apart again. */
  private static Regex choice(List<Regex> options) {
    if (options.size() <= FEW) {
      return new Choice(options);
    }
    int step = root(options.size());
    return new Choice(
        IntStream.iterate(0, from -> from < options.size(), from -> from + step)
            .mapToObj(from -> options.subList(from, Math.min(options.size(), from + step)))
            .<Regex>map(some -> new Repeat(new Choice(some), 1, 1, false))
            .toList());
  }

  /**
   * {@code x{0,n}} as {@code (x{s}){0,q}x{0,r}}: with {@code r} not below {@code s - 1} every count
   * can be had, in the same order.
   */
  private static Regex repeat(Regex part, Repeat as) {
    int optional = as.most() - as.least();
    if (as.most() == Regex.UNBOUNDED || optional <= FEW) {
      return new Repeat(part, as.least(), as.most(), as.lazy());
    }
    int step = root(optional);
    int steps = (optional - step + 1) / step;
    Regex inSteps = new Repeat(new Repeat(part, step, step, false), 0, steps, as.lazy());
    Regex rest = new Repeat(part, 0, optional - steps * step, as.lazy());
    Stream<Regex> demanded =
        as.least() == 0
            ? Stream.empty()
            : Stream.of(new Repeat(part, as.least(), as.least(), false));
    return new Sequence(Stream.concat(demanded, Stream.of(inSteps, rest)).toList());
  }

  private static int root(int count) {
    return (int) Math.ceil(Math.sqrt(count));
  }
}
