package io.mqttsentinel.pattern;

import io.mqttsentinel.pattern.Regex.Assertion;
import io.mqttsentinel.pattern.Regex.Bytes;
import io.mqttsentinel.pattern.Regex.Choice;
import io.mqttsentinel.pattern.Regex.Repeat;
import io.mqttsentinel.pattern.Regex.Sequence;
import java.util.List;

/**
 * How often RE2J calls itself, at most, before it returns: when it compiles an expression, once for
 * each level of it; when it matches, once for each step that it can take without reading a byte.
 * Nothing in RE2J bounds that but the stack of the thread.
 */
final class RegexDepth {

  /** Of {@link Steps}: there is no such way. */
  private static final long NONE = -1;

  private RegexDepth() {}

  /** Calls within calls, of an expression that {@link RegexForJava} wrote. */
  static long of(Regex regex) {
    Steps steps = steps(regex);
    return Math.max(levels(regex), Math.max(steps.most(), steps.through()));
  }

  private static long levels(Regex regex) {
    return switch (regex) {
      case Assertion _, Bytes _ -> 1;
      case Sequence sequence -> 1 + most(sequence.parts());
      case Choice choice -> 2 + 3 * sharedPrefixes(choice) + most(choice.options());
      case Repeat repeat -> {
        long inside = 2 + levels(repeat.part());
        yield repeat.most() == Regex.UNBOUNDED
            ? inside
            : inside + 2L * (repeat.most() - repeat.least());
      }
    };
  }

  private static long most(List<Regex> parts) {
    return parts.stream().mapToLong(RegexDepth::levels).max().orElse(0);
  }

  /** RE2J writes {@code ab|ac} as {@code a(?:b|c)}, and does so again with what is left. */
  private static long sharedPrefixes(Choice choice) {
    long longest = choice.options().stream().mapToLong(RegexDepth::pieces).max().orElse(0);
    return Math.min(choice.options().size() - 1L, longest);
  }

  private static long pieces(Regex regex) {
    return regex instanceof Sequence sequence
        ? sequence.parts().stream().mapToLong(RegexDepth::pieces).sum()
        : 1;
  }

  /**
   * Steps without a byte, at most.
   *
   * @param enter from the start to a byte
   * @param leave from behind a byte to the end
   * @param through from the start to the end
   * @param most between two bytes, or of any other kind
   */
  private record Steps(long enter, long leave, long through, long most) {

    static final Steps EMPTY = new Steps(NONE, NONE, 0, 0);

    /** This, and then the other. */
    Steps then(Steps next) {
      long entered = Math.max(enter, plus(through, next.enter));
      long left = Math.max(next.leave, plus(leave, next.through));
      long between = Math.max(plus(leave, next.enter), Math.max(entered, left));
      return new Steps(
          entered, left, plus(through, next.through), Math.max(between, Math.max(most, next.most)));
    }

    /** Many times one after the other, which is what three times are but for the middle. */
    Steps times(int count) {
      if (count == 0) {
        return EMPTY;
      }
      if (through == NONE) {
        return count == 1 ? this : then(this);
      }
      long others = (count - 1L) * through;
      long between = Math.max(most, plus(leave, enter));
      return new Steps(
          plus(enter, others), plus(leave, others), others + through, between + others + through);
    }

    /** With so many steps more before, behind and beside it. */
    Steps with(long more, boolean optional) {
      long passed = optional ? Math.max(through, 0) : through;
      return new Steps(plus(enter, more), plus(leave, more), plus(passed, more), most + more);
    }

    private static long plus(long one, long other) {
      return one == NONE || other == NONE ? NONE : one + other;
    }
  }

  private static Steps steps(Regex regex) {
    return switch (regex) {
      case Assertion _ -> new Steps(NONE, NONE, 1, 1);
      case Bytes _ -> new Steps(1, 1, NONE, 1);
      case Sequence sequence ->
          sequence.parts().stream()
              .map(RegexDepth::steps)
              .reduce(new Steps(NONE, NONE, 1, 1), Steps::then);
      case Choice choice -> steps(choice);
      case Repeat repeat -> steps(repeat);
    };
  }

  private static Steps steps(Choice choice) {
    long enter = NONE;
    long leave = NONE;
    long through = NONE;
    long most = 0;
    for (Regex option : choice.options()) {
      Steps steps = steps(option);
      enter = Math.max(enter, steps.enter());
      leave = Math.max(leave, steps.leave());
      through = Math.max(through, steps.through());
      most = Math.max(most, steps.most());
    }
    // What is shared goes in front, so the choice itself may stand behind a byte.
    long turns = choice.options().size() + sharedPrefixes(choice);
    long widest = Math.max(Math.max(enter, leave), Math.max(through, most));
    return new Steps(enter, Math.max(leave, 0), through, widest).with(turns, false);
  }

  private static Steps steps(Repeat repeat) {
    Steps part = steps(repeat.part());
    Steps demanded = part.times(repeat.least());
    if (repeat.most() == Regex.UNBOUNDED) {
      Steps again = part.then(part).with(2, true);
      return repeat.least() == 0 ? again : demanded.then(again);
    }
    int optional = repeat.most() - repeat.least();
    if (optional == 0) {
      return demanded;
    }
    // Each turn can end them all.
    Steps turns = part.with(1, part.through() != NONE).times(optional).with(1, true);
    return repeat.least() == 0 ? turns : demanded.then(turns);
  }
}
