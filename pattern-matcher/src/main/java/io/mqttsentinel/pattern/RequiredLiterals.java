package io.mqttsentinel.pattern;

import io.mqttsentinel.pattern.Regex.Assertion;
import io.mqttsentinel.pattern.Regex.Bytes;
import io.mqttsentinel.pattern.Regex.Choice;
import io.mqttsentinel.pattern.Regex.Repeat;
import io.mqttsentinel.pattern.Regex.Sequence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Sets of strings, case folded: every match of an expression holds at least one string of each set.
 * Where a set is absent from a text the expression need not be tried. The method is that of RE2's
 * prefilter: small sets of exact strings are multiplied along a sequence.
 */
final class RequiredLiterals {

  private static final int LARGEST_CLASS = 36;

  /** White space, quotes, or a letter in both cases. */
  private static final int FEW_VALUES = 8;

  private static final int LARGEST_SET = 128;
  private static final int LARGEST_CHOICE = 512;
  private static final int LONGEST = 24;
  private static final int MOST_SETS = 4;

  private RequiredLiterals() {}

  /** The best sets, in ISO 8859-1, most telling first; empty where nothing is required. */
  static List<Set<String>> of(Regex regex) {
    return look(regex).all().stream()
        .map(RequiredLiterals::withoutLonger)
        .distinct()
        .sorted(Comparator.comparingLong(RequiredLiterals::score).reversed())
        .limit(MOST_SETS)
        .toList();
  }

  /** Bytes of the shortest match that are one of a few values. */
  static int leastBytes(Regex regex) {
    return switch (regex) {
      case Assertion _ -> 0;
      case Bytes bytes -> few(bytes.set()) ? 1 : 0;
      case Sequence sequence -> sequence.parts().stream().mapToInt(part -> leastBytes(part)).sum();
      case Choice choice ->
          choice.options().stream().mapToInt(option -> leastBytes(option)).min().orElse(0);
      case Repeat repeat -> repeat.least() * leastBytes(repeat.part());
    };
  }

  private static boolean few(BitSet set) {
    return set.cardinality() <= FEW_VALUES;
  }

  /** Length of the shortest string of a set; 0 for none. */
  static int shortest(Set<String> literals) {
    return literals.stream().mapToInt(String::length).min().orElse(0);
  }

  /**
   * @param exact all strings that match, or null where they are too many
   * @param required sets found inside
   */
  private record Found(Set<String> exact, List<Set<String>> required) {

    List<Set<String>> all() {
      List<Set<String>> all = new ArrayList<>(required);
      addTo(all, exact);
      return all;
    }

    Set<String> best() {
      return all().stream().max(Comparator.comparingLong(RequiredLiterals::score)).orElse(null);
    }
  }

  private static Found look(Regex regex) {
    return switch (regex) {
      case Assertion _ -> new Found(Set.of(""), List.of());
      case Bytes bytes -> new Found(strings(bytes.set()), List.of());
      case Sequence sequence -> sequence(sequence.parts());
      case Choice choice -> choice(choice.options());
      case Repeat repeat -> repeat(repeat);
    };
  }

  private static Set<String> strings(BitSet set) {
    Set<String> folded = new TreeSet<>();
    set.stream().limit(2L * LARGEST_CLASS + 1).forEach(b -> folded.add(text(fold(b))));
    return folded.size() > LARGEST_CLASS ? null : folded;
  }

  private static Found sequence(List<Regex> parts) {
    List<Set<String>> required = new ArrayList<>();
    Set<String> run = Set.of("");
    boolean exact = true;
    for (Regex part : parts) {
      Found found = look(part);
      required.addAll(found.required());
      Set<String> longer = product(run, found.exact());
      if (longer != null) {
        run = longer;
        continue;
      }
      exact = false;
      addTo(required, run);
      run = found.exact() == null ? Set.of("") : found.exact();
    }
    if (exact) {
      return new Found(run, required);
    }
    addTo(required, run);
    return new Found(null, required);
  }

  private static Found choice(List<Regex> options) {
    Set<String> exact = new TreeSet<>();
    Set<String> any = new TreeSet<>();
    for (Regex option : options) {
      Found found = look(option);
      if (exact != null && found.exact() != null) {
        exact.addAll(found.exact());
      } else {
        exact = null;
      }
      Set<String> best = found.best();
      if (any != null && best != null) {
        any.addAll(best);
      } else {
        any = null;
      }
    }
    List<Set<String>> required = new ArrayList<>();
    if (any != null && any.size() <= LARGEST_CHOICE) {
      addTo(required, any);
    }
    return new Found(exact == null || exact.size() > LARGEST_SET ? null : exact, required);
  }

  private static Found repeat(Repeat repeat) {
    Found found = look(repeat.part());
    if (repeat.least() == 0) {
      boolean optional = repeat.most() == 1 && found.exact() != null;
      if (!optional) {
        return new Found(null, List.of());
      }
      Set<String> exact = new TreeSet<>(found.exact());
      exact.add("");
      return new Found(exact, List.of());
    }
    Set<String> run = found.exact();
    for (int i = 1; i < repeat.least() && run != null; i++) {
      run = product(run, found.exact());
    }
    if (run != null && repeat.most() == repeat.least()) {
      return new Found(run, found.required());
    }
    List<Set<String>> required = new ArrayList<>(found.required());
    addTo(required, run == null ? found.exact() : run);
    return new Found(null, required);
  }

  /** All pairs joined, or null where one side is unknown or that makes too many or too long. */
  private static Set<String> product(Set<String> left, Set<String> right) {
    if (left == null || right == null || (long) left.size() * right.size() > LARGEST_SET) {
      return null;
    }
    Set<String> joined = new TreeSet<>();
    for (String l : left) {
      for (String r : right) {
        if (l.length() + r.length() > LONGEST) {
          return null;
        }
        joined.add(l + r);
      }
    }
    return joined;
  }

  private static void addTo(List<Set<String>> sets, Set<String> set) {
    if (set != null && shortest(set) > 0) {
      sets.add(set);
    }
  }

  /** What holds another string of the set says nothing more. */
  private static Set<String> withoutLonger(Set<String> set) {
    return set.stream()
        .filter(literal -> set.stream().noneMatch(o -> !o.equals(literal) && literal.contains(o)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Longer strings first, then fewer. */
  private static long score(Set<String> set) {
    return Math.min(shortest(set), 6) * 1000L - Math.min(set.size(), 900);
  }

  private static int fold(int b) {
    return b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b;
  }

  private static String text(int b) {
    return new String(new byte[] {(byte) b}, StandardCharsets.ISO_8859_1);
  }
}
