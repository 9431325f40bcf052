package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in JSON texts, in the part of RFC 9535 that needs no model of the text: {@code $.a.b},
 * {@code $.a[0]}, {@code $.a[*].b}, {@code $['a b']}, {@code $.*} and {@code $..b}.
 */
record JsonPath(String text, List<String> steps) {

  /** What goes before a path where a field is named. */
  static final String PREFIX = "json:";

  private static final String ANY_INDEX = "[*]";
  private static final String ANY_NAME = "*";
  private static final String ANY_DEPTH = "..";
  private static final Pattern STEP =
      Pattern.compile(
          "\\.\\.(?=[\\w*-])|\\.?([\\w-]+|\\*)|\\['([^']+)'\\]|(\\[(?:\\d{1,9}|\\*)\\])");

  /**
   * @throws IllegalArgumentException if it is no such path
   */
  static JsonPath parse(String path) {
    List<String> steps = new ArrayList<>();
    int at = 1;
    Matcher matcher = STEP.matcher(path);
    while (path.startsWith("$")
        && at < path.length()
        && matcher.region(at, path.length()).lookingAt()) {
      if (matcher.group().equals(ANY_DEPTH)) {
        steps.add(ANY_DEPTH);
      } else if (matcher.group(1) != null) {
        boolean behindDepth = !steps.isEmpty() && steps.getLast().equals(ANY_DEPTH);
        if (matcher.group().charAt(0) != '.' && !behindDepth) {
          break;
        }
        steps.add(matcher.group(1));
      } else {
        steps.add(matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
      }
      at = matcher.end();
    }
    if (!path.startsWith("$") || at != path.length() || steps.isEmpty()) {
      throw new IllegalArgumentException(
          "'%s' is no path, expected such as $.a.b, $.a[0], $.a[*].b, $['a b'] or $..b"
              .formatted(path));
    }
    return new JsonPath(path, List.copyOf(steps));
  }

  /**
   * @param place names, and places in arrays as {@code [3]}
   */
  boolean matches(List<String> place) {
    return matches(0, place, 0);
  }

  private boolean matches(int step, List<String> place, int at) {
    if (step == steps.size()) {
      return at == place.size();
    }
    String wanted = steps.get(step);
    if (wanted.equals(ANY_DEPTH)) {
      for (int from = at; from < place.size(); from++) {
        if (matches(step + 1, place, from)) {
          return true;
        }
      }
      return false;
    }
    return at < place.size() && fits(wanted, place.get(at)) && matches(step + 1, place, at + 1);
  }

  private static boolean fits(String wanted, String actual) {
    boolean index = actual.startsWith("[");
    return wanted.equals(actual)
        || (index && wanted.equals(ANY_INDEX))
        || (!index && wanted.equals(ANY_NAME));
  }

  /** How evidence names a place. */
  static String field(List<String> place) {
    StringBuilder field = new StringBuilder(PREFIX + "$");
    for (String step : place) {
      field.append(step.startsWith("[") ? "" : ".").append(step);
    }
    return field.toString();
  }

  @Override
  public String toString() {
    return text;
  }
}
