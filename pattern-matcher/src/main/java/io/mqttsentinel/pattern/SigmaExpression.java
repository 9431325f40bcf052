package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a Sigma rule asks for: texts in fields, put together with and, or and not. */
sealed interface SigmaExpression {

  int MOST_TERMS = 64;

  /** All of these. */
  record All(List<SigmaExpression> parts) implements SigmaExpression {}

  /** At least one of these. */
  record Any(List<SigmaExpression> parts) implements SigmaExpression {}

  record Not(SigmaExpression part) implements SigmaExpression {}

  /** A text in a field. */
  record Match(InspectedField field, Fragment text) implements SigmaExpression {}

  /** A text that must, or must not, be there. */
  record Signed(Match match, boolean unwanted) {}

  /** Any of them, where possible as one text. */
  static SigmaExpression any(List<SigmaExpression> parts) {
    List<SigmaExpression> merged = new ArrayList<>();
    List<Match> matches = new ArrayList<>();
    for (SigmaExpression part : parts) {
      switch (part) {
        case Match match -> matches.add(match);
        case Any inner -> {
          for (SigmaExpression option : inner.parts()) {
            if (option instanceof Match match) {
              matches.add(match);
            } else {
              merged.add(option);
            }
          }
        }
        default -> merged.add(part);
      }
    }
    while (!matches.isEmpty()) {
      Match first = matches.getFirst();
      List<Match> alike = matches.stream().filter(match -> isAlike(match, first)).toList();
      merged.add(
          new Match(first.field(), Fragment.anyOf(alike.stream().map(Match::text).toList())));
      matches.removeIf(match -> isAlike(match, first));
    }
    return merged.size() == 1 ? merged.getFirst() : new Any(merged);
  }

  private static boolean isAlike(Match match, Match other) {
    return match.field() == other.field()
        && match.text().first() == other.text().first()
        && match.text().last() == other.text().last()
        && match.text().anchored() == other.text().anchored();
  }

  /**
   * The same as alternatives, each a set of texts that must or must not be there.
   *
   * @throws ImportRefusedException if there are more than {@link #MOST_TERMS}
   */
  default List<Set<Signed>> terms() {
    return terms(this, false);
  }

  private static List<Set<Signed>> terms(SigmaExpression expression, boolean negated) {
    return switch (expression) {
      case Match match -> List.of(Set.of(new Signed(match, negated)));
      case Not not -> terms(not.part(), !negated);
      case All all -> negated ? sum(all.parts(), true) : product(all.parts(), false);
      case Any any -> negated ? product(any.parts(), true) : sum(any.parts(), false);
    };
  }

  private static List<Set<Signed>> sum(List<SigmaExpression> parts, boolean negated) {
    Set<Set<Signed>> sum = new LinkedHashSet<>();
    for (SigmaExpression part : parts) {
      sum.addAll(terms(part, negated));
      checkNumber(sum.size());
    }
    return List.copyOf(sum);
  }

  private static List<Set<Signed>> product(List<SigmaExpression> parts, boolean negated) {
    List<Set<Signed>> product = List.of(Set.of());
    for (SigmaExpression part : parts) {
      List<Set<Signed>> factors = terms(part, negated);
      checkNumber((long) product.size() * factors.size());
      List<Set<Signed>> longer = new ArrayList<>();
      for (Set<Signed> left : product) {
        for (Set<Signed> right : factors) {
          Set<Signed> both = new LinkedHashSet<>(left);
          both.addAll(right);
          longer.add(both);
        }
      }
      product = longer;
    }
    return product;
  }

  private static void checkNumber(long terms) {
    if (terms > MOST_TERMS) {
      throw new ImportRefusedException("condition has more than " + MOST_TERMS + " combinations");
    }
  }
}
