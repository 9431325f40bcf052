package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in JSON texts, in the part of RFC 9535 that needs no model of the text: {@code $.a.b},
 * {@code $.a[0]}, {@code $.a[*].b}, {@code $['a b']}, {@code $.*} and {@code $..b}.
 */
record JsonPath(String text, List<JsonStep> steps) {

  /** What goes before a path where a field is named. */
  static final String PREFIX = "json:";

  private static final String ANY_INDEX = "[*]";
  private static final String ANY_NAME = "*";
  private static final String ANY_DEPTH = "..";

  /** So that the steps reached fit into the bits of a number. */
  private static final int MOST_STEPS = 32;

  private static final Pattern STEP =
      Pattern.compile(
          "\\.\\.(?=[\\w*-])|\\.?([\\w-]+|\\*)|\\['([^']+)'\\]|(\\[(?:\\d{1,9}|\\*)\\])");

  /**
   * @throws IllegalArgumentException if it is no such path
   */
  static JsonPath parse(String path) {
    List<JsonStep> steps = new ArrayList<>();
    int at = 1;
    Matcher matcher = STEP.matcher(path);
    while (path.startsWith("$")
        && at < path.length()
        && matcher.region(at, path.length()).lookingAt()) {
      String dotted = matcher.group(1);
      if (matcher.group().equals(ANY_DEPTH)) {
        steps.add(JsonStep.ANY_DEPTH);
      } else if (dotted != null) {
        boolean behindDepth = !steps.isEmpty() && steps.getLast().equals(JsonStep.ANY_DEPTH);
        if (matcher.group().charAt(0) != '.' && !behindDepth) {
          break;
        }
        steps.add(dotted.equals(ANY_NAME) ? JsonStep.ANY_NAME : JsonStep.name(dotted));
      } else if (matcher.group(2) != null) {
        steps.add(JsonStep.name(matcher.group(2)));
      } else {
        String index = matcher.group(3);
        steps.add(
            index.equals(ANY_INDEX)
                ? JsonStep.ANY_INDEX
                : JsonStep.index(Integer.parseInt(index.substring(1, index.length() - 1))));
      }
      at = matcher.end();
    }
    if (!path.startsWith("$") || at != path.length() || steps.isEmpty()) {
      throw new IllegalArgumentException(
          "'%s' is no path, expected such as $.a.b, $.a[0], $.a[*].b, $['a b'] or $..b"
              .formatted(path));
    }
    if (steps.size() > MOST_STEPS) {
      throw new IllegalArgumentException(
          "'%s' has %d steps, expected at most %d".formatted(path, steps.size(), MOST_STEPS));
    }
    return new JsonPath(path, List.copyOf(steps));
  }

  /**
   * Whether this names the way to a value. All ways through the path are followed at once, a bit
   * for each step: what a path costs is its length times that of the place, however often it has
   * {@code ..}.
   */
  boolean matches(List<JsonStep> place) {
    long reached = withDepth(1);
    for (int at = 0; at < place.size() && reached != 0; at++) {
      long next = 0;
      for (int step = 0; step < steps.size(); step++) {
        if ((reached & 1L << step) != 0 && steps.get(step).fits(place.get(at))) {
          next |= steps.get(step).kind() == JsonStep.Kind.ANY_DEPTH ? 1L << step : 2L << step;
        }
      }
      reached = withDepth(next);
    }
    return (reached & 1L << steps.size()) != 0;
  }

  /** Any depth may be none. */
  private long withDepth(long reached) {
    long all = reached;
    for (int step = 0; step < steps.size(); step++) {
      if ((all & 1L << step) != 0 && steps.get(step).kind() == JsonStep.Kind.ANY_DEPTH) {
        all |= 2L << step;
      }
    }
    return all;
  }

  /** How evidence names a place. */
  static String field(List<JsonStep> place) {
    StringBuilder field = new StringBuilder(PREFIX + "$");
    for (JsonStep step : place) {
      if (step.kind() == JsonStep.Kind.INDEX) {
        field.append('[').append(step.index()).append(']');
      } else {
        field.append('.').append(step.name());
      }
    }
    return field.toString();
  }

  @Override
  public String toString() {
    return text;
  }
}
