package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/** Puts pieces that all have to occur in a field into one pattern. */
final class Fragments {

  /** Each more would multiply the pattern's length: 3 have 6 orders, 4 have 24. */
  static final int MOST_FREE = 3;

  private static final int LONGEST = 10_000;

  private Fragments() {}

  /**
   * A rule's pattern, {@code not_match} and {@code flags}.
   *
   * @param notMatch null for none
   */
  record Joined(String pattern, String notMatch, String flags) {}

  /**
   * All of {@code wanted}, in any order and without overlap, and none of {@code unwanted}.
   *
   * @throws ImportRefusedException if one pattern cannot say that
   */
  static Joined join(List<Fragment> wanted, List<Fragment> unwanted) {
    if (wanted.isEmpty()) {
      throw new ImportRefusedException(
          unwanted.isEmpty() ? "nothing to look for" : "only says what must not occur");
    }
    List<Fragment> all = new ArrayList<>(wanted);
    all.addAll(unwanted);
    refuseLong(all.stream().mapToInt(piece -> piece.source().length()).sum());
    Fragment.Letters letters = Fragment.of(all);
    boolean ignoreCase = letters == Fragment.Letters.ANY_CASE;
    List<String> refused = unwanted.stream().map(piece -> piece.whole(ignoreCase)).toList();
    String pattern = together(withoutImplied(wanted), ignoreCase);
    String notMatch =
        refused.isEmpty() ? null : refused.size() == 1 ? refused.getFirst() : either(refused);
    refuseLong(pattern.length());
    return new Joined(pattern, notMatch, ignoreCase ? "is" : "s");
  }

  private static void refuseLong(int characters) {
    if (characters > LONGEST) {
      throw new ImportRefusedException("makes a pattern of more than " + LONGEST + " characters");
    }
  }

  /** A text that others hold anyway asks for nothing more; often it only served to find them. */
  static List<Fragment> withoutImplied(List<Fragment> wanted) {
    List<Fragment> kept = new ArrayList<>(wanted);
    List<Regex> regexes = new ArrayList<>(wanted.stream().map(Fragment::regex).toList());
    for (int i = kept.size() - 1; i >= 0; i--) {
      if (kept.get(i).isFree() && otherFits(regexes, i, RegexShape::implies)) {
        kept.remove(i);
        regexes.remove(i);
      }
    }
    for (int i = 0; i < kept.size(); i++) {
      if (kept.get(i).isFree() && otherFits(regexes, i, RegexShape::mayImply)) {
        throw new ImportRefusedException("has lists of texts, one of which holds one of another");
      }
    }
    return kept;
  }

  private static boolean otherFits(
      List<Regex> regexes, int sought, BiPredicate<Regex, Regex> implies) {
    return IntStream.range(0, regexes.size())
        .anyMatch(i -> i != sought && implies.test(regexes.get(i), regexes.get(sought)));
  }

  private static String either(List<String> sources) {
    return String.join("|", sources);
  }

  private static String together(List<Fragment> wanted, boolean ignoreCase) {
    if (wanted.size() == 1) {
      return wanted.getFirst().whole(ignoreCase);
    }
    Fragment begin = null;
    Fragment end = null;
    List<String> free = new ArrayList<>();
    for (Fragment piece : wanted) {
      if (piece.anchored() || (piece.first() && piece.last())) {
        throw new ImportRefusedException("has anchors beside other texts of the same field");
      }
      if ((piece.first() && begin != null) || (piece.last() && end != null)) {
        throw new ImportRefusedException("has several texts for the same end of the field");
      }
      if (piece.first()) {
        begin = piece;
      } else if (piece.last()) {
        end = piece;
      } else {
        free.add(piece.written(ignoreCase));
      }
    }
    if (free.size() > MOST_FREE) {
      throw new ImportRefusedException(
          "has %d texts in any order, expected at most %d".formatted(free.size(), MOST_FREE));
    }
    List<String> parts = new ArrayList<>();
    if (begin != null) {
      parts.add(begin.whole(ignoreCase));
    }
    List<String> orders = orders(free);
    if (!orders.isEmpty()) {
      boolean alone = begin == null && end == null;
      parts.add(
          orders.size() == 1
              ? orders.getFirst()
              : alone ? either(orders) : Fragment.choice(orders));
    }
    if (end != null) {
      parts.add(end.whole(ignoreCase));
    }
    return String.join(".*", parts);
  }

  /** Every order of the texts; none for no texts. */
  private static List<String> orders(List<String> texts) {
    if (texts.size() < 2) {
      return texts;
    }
    List<String> orders = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      List<String> others = new ArrayList<>(texts);
      String head = others.remove(i);
      orders(others).forEach(tail -> orders.add(head + ".*" + tail));
    }
    return orders;
  }
}
