package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads a Sigma condition: names of selections, {@code and}, {@code or}, {@code not}, parentheses,
 * {@code 1 of} and {@code all of}.
 */
final class SigmaCondition {

  private static final Pattern TOKEN = Pattern.compile("[()]|[^\\s()]+");
  private static final int LONGEST = 4096;
  private static final int DEEPEST = 50;

  private final List<String> tokens;
  private final Set<String> names;
  private final Function<String, SigmaExpression> selections;
  private int at;
  private int depth;

  private SigmaCondition(
      List<String> tokens, Set<String> names, Function<String, SigmaExpression> selections) {
    this.tokens = tokens;
    this.names = names;
    this.selections = selections;
  }

  /**
   * @param names of all selections
   * @param selections reads the one with a name
   * @throws ImportRefusedException if it is no condition, or counts or correlates
   */
  static SigmaExpression parse(
      String condition, Set<String> names, Function<String, SigmaExpression> selections) {
    int aggregation = condition.indexOf('|');
    if (aggregation >= 0) {
      throw new ImportRefusedException(
          "condition aggregates: '" + condition.substring(aggregation) + "'");
    }
    if (condition.length() > LONGEST) {
      throw new ImportRefusedException("condition is longer than " + LONGEST + " characters");
    }
    List<String> tokens = new ArrayList<>();
    for (Matcher token = TOKEN.matcher(condition); token.find(); ) {
      tokens.add(token.group());
    }
    SigmaCondition parser = new SigmaCondition(tokens, names, selections);
    SigmaExpression expression = parser.either();
    if (parser.at < tokens.size()) {
      throw parser.unexpected();
    }
    return expression;
  }

  private SigmaExpression either() {
    List<SigmaExpression> parts = new ArrayList<>(List.of(both()));
    while (accept("or")) {
      parts.add(both());
    }
    return parts.size() == 1 ? parts.getFirst() : SigmaExpression.any(parts);
  }

  private SigmaExpression both() {
    List<SigmaExpression> parts = new ArrayList<>(List.of(one()));
    while (accept("and")) {
      parts.add(one());
    }
    return parts.size() == 1 ? parts.getFirst() : new SigmaExpression.All(parts);
  }

  private SigmaExpression one() {
    if (++depth > DEEPEST) {
      throw new ImportRefusedException("condition nests deeper than " + DEEPEST);
    }
    SigmaExpression expression = inner();
    depth--;
    return expression;
  }

  private SigmaExpression inner() {
    if (accept("not")) {
      return new SigmaExpression.Not(one());
    }
    if (accept("(")) {
      SigmaExpression inside = either();
      if (!accept(")")) {
        throw unexpected();
      }
      return inside;
    }
    if (at + 1 < tokens.size() && isWord(tokens.get(at + 1), "of")) {
      return several();
    }
    String name = next();
    if (!names.contains(name)) {
      throw new ImportRefusedException("condition names '" + name + "', which is no selection");
    }
    return selections.apply(name);
  }

  /** {@code 1 of selection*} and the like. */
  private SigmaExpression several() {
    String number = next().toLowerCase(Locale.ROOT);
    at++;
    String which = next();
    boolean all = number.equals("all");
    if (!all && !number.equals("1") && !number.equals("any")) {
      throw new ImportRefusedException("condition has '" + number + " of', expected 1 or all");
    }
    List<SigmaExpression> parts = named(which).map(selections).toList();
    if (parts.isEmpty()) {
      throw new ImportRefusedException("condition names '" + which + "', which is no selection");
    }
    return all ? new SigmaExpression.All(parts) : SigmaExpression.any(parts);
  }

  private Stream<String> named(String which) {
    if (isWord(which, "them")) {
      return names.stream().filter(name -> !name.startsWith("_"));
    }
    String pattern =
        String.join(".*", Stream.of(which.split("\\*+", -1)).map(Pattern::quote).toList());
    return names.stream().filter(name -> name.matches(pattern));
  }

  private boolean accept(String word) {
    boolean found = at < tokens.size() && isWord(tokens.get(at), word);
    at += found ? 1 : 0;
    return found;
  }

  private static boolean isWord(String token, String word) {
    return token.equalsIgnoreCase(word);
  }

  private String next() {
    if (at == tokens.size() || List.of("(", ")").contains(tokens.get(at))) {
      throw unexpected();
    }
    return tokens.get(at++);
  }

  private ImportRefusedException unexpected() {
    return new ImportRefusedException(
        at == tokens.size()
            ? "condition ends early"
            : "condition has '%s' where it is not expected".formatted(tokens.get(at)));
  }
}
