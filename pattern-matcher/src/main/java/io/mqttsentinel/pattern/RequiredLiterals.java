package io.mqttsentinel.pattern;

import io.mqttsentinel.pattern.Regex.Assertion;
import io.mqttsentinel.pattern.Regex.Bytes;
import io.mqttsentinel.pattern.Regex.Choice;
import io.mqttsentinel.pattern.Regex.Repeat;
import io.mqttsentinel.pattern.Regex.Sequence;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Strings of which every match of an expression holds at least one, case folded: where none of them
 * occurs the expression need not be tried. The method is that of RE2's prefilter: short sets of
 * exact strings are multiplied along a sequence, the best set on the way is kept.
 */
final class RequiredLiterals {

  private static final int LARGEST_SET = 128;
  private static final int LONGEST = 24;

  private RequiredLiterals() {}

  /** The set, in ISO 8859-1; empty where nothing is required. */
  static Set<String> of(Regex regex) {
    return look(regex).best().orElse(Set.of());
  }

  /** Length of the shortest string of a set; 0 for none. */
  static int shortest(Set<String> literals) {
    return literals.stream().mapToInt(String::length).min().orElse(0);
  }

  /**
   * @param exact all strings that match, or null where they are too many
   * @param required the best set found inside, or null
   */
  private record Found(Set<String> exact, Set<String> required) {

    Optional<Set<String>> best() {
      Set<String> best = better(exact, required);
      return best == null || shortest(best) == 0 ? Optional.empty() : Optional.of(best);
    }
  }

  private static Found look(Regex regex) {
    return switch (regex) {
      case Assertion _ -> new Found(Set.of(""), null);
      case Bytes bytes -> new Found(strings(bytes.set()), null);
      case Sequence sequence -> sequence(sequence.parts());
      case Choice choice -> choice(choice.options());
      case Repeat repeat -> repeat(repeat);
    };
  }

  private static Set<String> strings(BitSet set) {
    Set<String> folded = new TreeSet<>();
    set.stream().limit(LARGEST_SET).forEach(b -> folded.add(text(fold(b))));
    return folded.size() > 12 ? null : folded;
  }

  private static Found sequence(List<Regex> parts) {
    Set<String> run = new TreeSet<>(Set.of(""));
    Set<String> required = null;
    boolean exact = true;
    for (Regex part : parts) {
      Found found = look(part);
      required = better(required, found.required());
      Set<String> longer = found.exact() == null ? null : product(run, found.exact());
      if (longer != null) {
        run = longer;
        continue;
      }
      exact = false;
      required = better(required, run);
      run = found.exact() == null ? Set.of("") : found.exact();
      required = better(required, run);
    }
    return exact ? new Found(run, required) : new Found(null, better(required, run));
  }

  private static Found choice(List<Regex> options) {
    Set<String> exact = new TreeSet<>();
    Set<String> required = new TreeSet<>();
    for (Regex option : options) {
      Found found = look(option);
      if (exact != null && found.exact() != null) {
        exact.addAll(found.exact());
      } else {
        exact = null;
      }
      if (required != null && found.best().isPresent()) {
        required.addAll(found.best().get());
      } else {
        required = null;
      }
    }
    if (exact != null && exact.size() > LARGEST_SET) {
      exact = null;
    }
    return new Found(
        exact, required != null && required.size() > 4 * LARGEST_SET ? null : required);
  }

  private static Found repeat(Repeat repeat) {
    Found found = look(repeat.part());
    if (repeat.least() == 0 && repeat.most() == 1 && found.exact() != null) {
      Set<String> optional = new TreeSet<>(found.exact());
      optional.add("");
      return new Found(optional, null);
    }
    if (repeat.least() == 0) {
      return new Found(null, null);
    }
    Set<String> run = found.exact();
    for (int i = 1; i < repeat.least() && run != null; i++) {
      run = product(run, found.exact());
    }
    boolean exact = run != null && repeat.most() == repeat.least();
    Set<String> inside = better(found.required(), better(run, found.exact()));
    return exact ? new Found(run, inside) : new Found(null, inside);
  }

  /** All pairs joined, or null where that makes too many or too long strings. */
  private static Set<String> product(Set<String> left, Set<String> right) {
    if ((long) left.size() * right.size() > LARGEST_SET) {
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

  /** Longer strings first, then fewer; from four bytes on, fewer counts more. */
  private static Set<String> better(Set<String> a, Set<String> b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return score(b) > score(a) ? b : a;
  }

  private static long score(Set<String> set) {
    int length = Math.min(shortest(set), 6);
    return length * 1000L - Math.min(set.size(), 900);
  }

  private static int fold(int b) {
    return b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b;
  }

  private static String text(int b) {
    return new String(new byte[] {(byte) b}, StandardCharsets.ISO_8859_1);
  }
}
