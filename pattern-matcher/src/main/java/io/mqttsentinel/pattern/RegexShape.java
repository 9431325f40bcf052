package io.mqttsentinel.pattern;

import io.mqttsentinel.pattern.Regex.Assertion;
import io.mqttsentinel.pattern.Regex.Bytes;
import io.mqttsentinel.pattern.Regex.Choice;
import io.mqttsentinel.pattern.Regex.Repeat;
import io.mqttsentinel.pattern.Regex.Sequence;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What can be said of all matches of an expression. */
final class RegexShape {

  static final int VARYING = -1;

  private RegexShape() {}

  /** What the expression chooses between at its top; itself alone where it is no choice. */
  static List<Regex> alternatives(Regex regex) {
    return unwrapped(regex) instanceof Choice choice
        ? choice.options().stream().flatMap(option -> alternatives(option).stream()).toList()
        : List.of(regex);
  }

  /** Bytes of every match, or {@link #VARYING}. */
  static int length(Regex regex) {
    return switch (regex) {
      case Assertion _ -> 0;
      case Bytes _ -> 1;
      case Sequence sequence -> {
        int sum = 0;
        for (Regex part : sequence.parts()) {
          int length = length(part);
          if (length == VARYING) {
            yield VARYING;
          }
          sum += length;
        }
        yield sum;
      }
      case Choice choice -> {
        List<Integer> lengths =
            choice.options().stream().map(option -> length(option)).distinct().toList();
        yield lengths.size() == 1 ? lengths.getFirst() : VARYING;
      }
      case Repeat repeat -> {
        int length = length(repeat.part());
        yield length == VARYING || repeat.least() != repeat.most()
            ? VARYING
            : length * repeat.least();
      }
    };
  }

  /** Elements after all repeats are written out, which is what an engine compiles. */
  static long size(Regex regex) {
    return switch (regex) {
      case Assertion _, Bytes _ -> 1;
      case Sequence sequence -> sequence.parts().stream().mapToLong(part -> size(part)).sum();
      case Choice choice -> choice.options().stream().mapToLong(option -> size(option)).sum();
      case Repeat repeat -> {
        long times = Math.max(1, Math.max(repeat.least(), repeat.most()));
        yield Math.min(Integer.MAX_VALUE, times * Math.min(Integer.MAX_VALUE, size(repeat.part())));
      }
    };
  }

  /** Whether a match may begin with {@code \b} or {@code \B}, which looks at the byte before. */
  static boolean mayLookBehind(Regex regex) {
    return switch (regex) {
      case Assertion place ->
          place == Assertion.WORD_BOUNDARY || place == Assertion.NO_WORD_BOUNDARY;
      case Bytes _ -> false;
      case Sequence sequence -> {
        for (Regex part : sequence.parts()) {
          if (mayLookBehind(part)) {
            yield true;
          }
          if (!mayBeEmpty(part)) {
            yield false;
          }
        }
        yield false;
      }
      case Choice choice -> choice.options().stream().anyMatch(RegexShape::mayLookBehind);
      case Repeat repeat -> mayLookBehind(repeat.part());
    };
  }

  static boolean mayBeEmpty(Regex regex) {
    return switch (regex) {
      case Assertion _ -> true;
      case Bytes _ -> false;
      case Sequence sequence -> sequence.parts().stream().allMatch(RegexShape::mayBeEmpty);
      case Choice choice -> choice.options().stream().anyMatch(RegexShape::mayBeEmpty);
      case Repeat repeat -> repeat.least() == 0 || mayBeEmpty(repeat.part());
    };
  }

  /**
   * Whether every match of one holds a match of the other. May say no where it does, for the other
   * has to be a plain sequence of bytes or a choice of such.
   */
  static boolean implies(Regex one, Regex other) {
    Regex regex = unwrapped(one);
    Regex sought = unwrapped(other);
    if (regex instanceof Choice choice) {
      return choice.options().stream().allMatch(option -> implies(option, sought));
    }
    if (sought instanceof Choice choice) {
      return choice.options().stream().anyMatch(option -> implies(regex, option));
    }
    List<BitSet> bytes = new ArrayList<>();
    return flatten(sought, bytes)
        && !bytes.isEmpty()
        && runs(regex).stream().anyMatch(run -> indexOf(run, bytes) >= 0);
  }

  /** Whether that is so for at least one option of a choice. */
  static boolean mayImply(Regex one, Regex other) {
    return unwrapped(one) instanceof Choice choice
        ? choice.options().stream().anyMatch(option -> mayImply(option, other))
        : implies(one, other);
  }

  private static Regex unwrapped(Regex regex) {
    return switch (regex) {
      case Sequence sequence when sequence.parts().size() == 1 ->
          unwrapped(sequence.parts().getFirst());
      case Choice choice when choice.options().size() == 1 ->
          unwrapped(choice.options().getFirst());
      default -> regex;
    };
  }

  private static int indexOf(List<BitSet> run, List<BitSet> sought) {
    for (int at = 0; at + sought.size() <= run.size(); at++) {
      int same = 0;
      while (same < sought.size() && isSubset(run.get(at + same), sought.get(same))) {
        same++;
      }
      if (same == sought.size()) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isSubset(BitSet inner, BitSet outer) {
    BitSet beyond = (BitSet) inner.clone();
    beyond.andNot(outer);
    return beyond.isEmpty();
  }

  /** Stretches of bytes that every match holds. */
  private static List<List<BitSet>> runs(Regex regex) {
    List<List<BitSet>> runs = new ArrayList<>();
    runs.add(new ArrayList<>());
    gather(regex, runs);
    return runs;
  }

  private static void gather(Regex regex, List<List<BitSet>> runs) {
    switch (regex) {
      case Assertion _ -> {}
      case Bytes bytes -> runs.getLast().add(bytes.set());
      case Sequence sequence -> sequence.parts().forEach(part -> gather(part, runs));
      case Choice choice when choice.options().size() == 1 ->
          gather(choice.options().getFirst(), runs);
      case Choice _, Repeat _ -> runs.add(new ArrayList<>());
    }
  }

  private static boolean flatten(Regex regex, List<BitSet> bytes) {
    return switch (regex) {
      case Bytes one -> bytes.add(one.set());
      case Sequence sequence -> sequence.parts().stream().allMatch(part -> flatten(part, bytes));
      default -> false;
    };
  }
}
