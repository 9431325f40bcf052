package io.mqttsentinel.schemas;

import java.nio.charset.StandardCharsets;

/**
 * A topic filter of MQTT (MQTT 5.0, 4.7). The one place that knows how filters match, so that an
 * edge, the verifier behind it and the router agree. A shared subscription is not a topic filter:
 * take {@code $share/{name}/} off before.
 */
public final class TopicFilter {

  private static final int LONGEST_UTF8 = 65_535;

  private final String text;
  private final String[] levels;
  private final boolean wildcards;

  private TopicFilter(String text) {
    this.text = text;
    this.levels = text.split("/", -1);
    this.wildcards = text.indexOf('+') >= 0 || text.indexOf('#') >= 0;
  }

  /**
   * Reads a topic filter.
   *
   * @throws IllegalArgumentException saying what is wrong with it (MQTT-4.7.1-1, MQTT-4.7.1-2,
   *     MQTT-4.7.3-1 to MQTT-4.7.3-3)
   */
  public static TopicFilter of(String text) {
    String flaw = flaw(text);
    if (flaw != null) {
      throw new IllegalArgumentException("topic filter '%s' %s".formatted(text, flaw));
    }
    return new TopicFilter(text);
  }

  /** Whether {@link #of} would take it. */
  public static boolean isValid(String text) {
    return flaw(text) == null;
  }

  /** Whether a message may be published to it: no wildcards (MQTT-3.3.2-2), and as a filter. */
  public static boolean isTopicName(String text) {
    return text.indexOf('+') < 0 && text.indexOf('#') < 0 && isWellFormed(text);
  }

  /** Whether a message on this topic name is meant. */
  public boolean matches(String topic) {
    if (!wildcards) {
      return text.equals(topic);
    }
    if (startsWithWildcard() && topic.startsWith("$")) {
      return false; // MQTT-4.7.2-1
    }
    int start = 0;
    for (String level : levels) {
      if (level.equals("#")) {
        return true;
      }
      if (start > topic.length()) {
        return false;
      }
      int slash = topic.indexOf('/', start);
      int end = slash < 0 ? topic.length() : slash;
      if (!level.equals("+") && !isAt(topic, start, end, level)) {
        return false;
      }
      start = end + 1;
    }
    return start > topic.length();
  }

  /** Whether every topic name that the other filter matches is matched by this one too. */
  public boolean covers(TopicFilter other) {
    if (startsWithWildcard() && other.text.startsWith("$")) {
      return false;
    }
    // Every topic name has a first level.
    String[] mine = isEverything() ? new String[] {"#"} : levels;
    String[] theirs = other.levels;
    for (int i = 0; i < mine.length; i++) {
      if (mine[i].equals("#")) {
        return true;
      }
      if (i >= theirs.length || theirs[i].equals("#")) {
        return false;
      }
      if (!mine[i].equals("+") && !mine[i].equals(theirs[i])) {
        return false;
      }
    }
    return mine.length == theirs.length;
  }

  /** Whether there is a topic name that both match. */
  public boolean intersects(TopicFilter other) {
    if ((startsWithWildcard() && other.text.startsWith("$"))
        || (other.startsWithWildcard() && text.startsWith("$"))) {
      return false;
    }
    String[] mine = levels;
    String[] theirs = other.levels;
    for (int i = 0; i < Math.max(mine.length, theirs.length); i++) {
      if (isRest(mine, i) || isRest(theirs, i)) {
        return true;
      }
      if (i >= mine.length || i >= theirs.length) {
        return false;
      }
      boolean any = mine[i].equals("+") || theirs[i].equals("+");
      if (!any && !mine[i].equals(theirs[i])) {
        return false;
      }
    }
    return true;
  }

  public boolean hasWildcards() {
    return wildcards;
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TopicFilter filter && filter.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  private boolean startsWithWildcard() {
    return levels[0].equals("#") || levels[0].equals("+");
  }

  private boolean isEverything() {
    return levels.length == 2 && levels[0].equals("+") && levels[1].equals("#");
  }

  private static boolean isRest(String[] levels, int i) {
    return i < levels.length && levels[i].equals("#");
  }

  private static boolean isAt(String topic, int start, int end, String level) {
    return end - start == level.length() && topic.startsWith(level, start);
  }

  private static String flaw(String text) {
    if (!isWellFormed(text)) {
      return "is not 1 to %d bytes of UTF-8 without U+0000".formatted(LONGEST_UTF8);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean starts = i == 0 || text.charAt(i - 1) == '/';
      boolean last = i == text.length() - 1;
      if (c == '#' && !(starts && last)) {
        return "has a # that is not its whole last level";
      }
      if (c == '+' && !(starts && (last || text.charAt(i + 1) == '/'))) {
        return "has a + that is not a whole level";
      }
    }
    return null;
  }

  private static boolean isWellFormed(String text) {
    if (text.isEmpty() || text.indexOf('\0') >= 0 || text.length() > LONGEST_UTF8) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return text.length() * 3 <= LONGEST_UTF8
        || text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_UTF8;
  }
}
