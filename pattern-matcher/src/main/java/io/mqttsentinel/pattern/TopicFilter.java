package io.mqttsentinel.pattern;

import java.util.List;

/** An MQTT topic filter (MQTT 5.0, 4.7) that a rule is scoped to. */
record TopicFilter(List<String> levels) {

  /**
   * @throws IllegalArgumentException if the text is no topic filter
   */
  static TopicFilter parse(String filter) {
    if (filter.isEmpty()) {
      throw new IllegalArgumentException("an empty topic filter");
    }
    List<String> levels = List.of(filter.split("/", -1));
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      boolean last = i == levels.size() - 1;
      if ((level.length() > 1 && (level.contains("+") || level.contains("#")))
          || (level.equals("#") && !last)) {
        throw new IllegalArgumentException(
            "'%s' is no topic filter: + and # stand for whole levels, # for the last ones"
                .formatted(filter));
      }
    }
    return new TopicFilter(levels);
  }

  boolean matches(String topic) {
    if (topic.startsWith("$") && !levels.getFirst().startsWith("$")) {
      return false;
    }
    int at = 0;
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      if (level.equals("#")) {
        return true;
      }
      if (at > topic.length()) {
        return false;
      }
      int slash = topic.indexOf('/', at);
      int end = slash < 0 ? topic.length() : slash;
      boolean same =
          level.equals("+") || (level.length() == end - at && topic.startsWith(level, at));
      if (!same) {
        return false;
      }
      at = end + 1;
    }
    return at == topic.length() + 1;
  }

  @Override
  public String toString() {
    return String.join("/", levels);
  }
}
