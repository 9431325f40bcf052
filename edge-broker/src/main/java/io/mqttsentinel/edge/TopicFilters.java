package io.mqttsentinel.edge;

/** The rules of topic names and topic filters (MQTT 5.0, 4.7). */
final class TopicFilters {

  private static final String SHARE = "$share/";
  private static final char MALFORMED = '\u0000';

  private TopicFilters() {}

  /** Whether a filter is well-formed: {@code #} stands alone and last, {@code +} alone. */
  static boolean isWellFormed(String filter) {
    if (filter.isEmpty() || filter.indexOf(MALFORMED) >= 0) {
      return false;
    }
    for (int i = 0; i < filter.length(); i++) {
      char c = filter.charAt(i);
      if (c != '#' && c != '+') {
        continue;
      }
      boolean startsLevel = i == 0 || filter.charAt(i - 1) == '/';
      boolean last = i == filter.length() - 1;
      boolean endsLevel = last || filter.charAt(i + 1) == '/';
      if (!startsLevel || !endsLevel || (c == '#' && !last)) {
        return false;
      }
    }
    return true;
  }

  static boolean isShared(String filter) {
    return filter.startsWith(SHARE) || filter.equals("$share");
  }

  static boolean hasWildcard(String text) {
    return text.indexOf('+') >= 0 || text.indexOf('#') >= 0;
  }

  static int levels(String topic) {
    int levels = 1;
    for (int i = topic.indexOf('/'); i >= 0; i = topic.indexOf('/', i + 1)) {
      levels++;
    }
    return levels;
  }

  /** Whether a topic name matches a well-formed filter. Allocates nothing. */
  static boolean matches(String filter, String topic) {
    if (startsWithWildcard(filter) && topic.startsWith("$")) {
      return false;
    }
    int f = 0;
    int t = 0;
    while (true) {
      if (f < filter.length() && filter.charAt(f) == '#') {
        return true;
      }
      int filterEnd = levelEnd(filter, f);
      int topicEnd = levelEnd(topic, t);
      boolean any = filterEnd - f == 1 && filter.charAt(f) == '+';
      if (!any && !sameLevel(filter, f, filterEnd, topic, t, topicEnd)) {
        return false;
      }
      boolean filterDone = filterEnd == filter.length();
      boolean topicDone = topicEnd == topic.length();
      if (topicDone) {
        return filterDone || isRest(filter, filterEnd);
      }
      if (filterDone) {
        return false;
      }
      f = filterEnd + 1;
      t = topicEnd + 1;
    }
  }

  /** Whether every topic that {@code narrow} matches is matched by {@code wide}, too. */
  static boolean covers(String wide, String narrow) {
    String[] w = wide.split("/", -1);
    String[] n = narrow.split("/", -1);
    if (startsWithWildcard(wide) && narrow.startsWith("$")) {
      return false;
    }
    for (int i = 0; ; i++) {
      if (i < w.length && w[i].equals("#")) {
        return true;
      }
      if (i >= w.length || i >= n.length) {
        return w.length == n.length;
      }
      boolean wider = w[i].equals("+") ? !n[i].equals("#") : w[i].equals(n[i]);
      if (!wider) {
        return false;
      }
    }
  }

  /** Whether there is a topic that both filters match. */
  static boolean overlap(String one, String other) {
    boolean reserved =
        (startsWithWildcard(one) && other.startsWith("$"))
            || (startsWithWildcard(other) && one.startsWith("$"));
    if (reserved) {
      return false;
    }
    String[] a = one.split("/", -1);
    String[] b = other.split("/", -1);
    for (int i = 0; ; i++) {
      if ((i < a.length && a[i].equals("#")) || (i < b.length && b[i].equals("#"))) {
        return true;
      }
      if (i >= a.length || i >= b.length) {
        return a.length == b.length;
      }
      boolean compatible = a[i].equals("+") || b[i].equals("+") || a[i].equals(b[i]);
      if (!compatible) {
        return false;
      }
    }
  }

  private static boolean startsWithWildcard(String filter) {
    return filter.startsWith("+") || filter.startsWith("#");
  }

  private static int levelEnd(String text, int from) {
    int end = text.indexOf('/', from);
    return end < 0 ? text.length() : end;
  }

  private static boolean sameLevel(
      String filter, int f, int filterEnd, String topic, int t, int topicEnd) {
    return filterEnd - f == topicEnd - t && filter.regionMatches(f, topic, t, topicEnd - t);
  }

  /** Whether what follows is {@code /#}: the parent level counts as matched. */
  private static boolean isRest(String filter, int from) {
    return filter.length() - from == 2 && filter.endsWith("/#");
  }
}
