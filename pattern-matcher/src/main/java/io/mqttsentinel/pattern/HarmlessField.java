package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.TopicFilter;
import java.util.List;

/**
 * A field of JSON payloads whose content is known and that no rule looks at: a query that a
 * dashboard stores, the template of a display.
 *
 * @param topics empty for all
 * @param pattern what a value must be to count as harmless; null for any
 */
record HarmlessField(List<TopicFilter> topics, List<JsonPath> paths, PayloadPattern pattern) {

  /** Steps of values with paths, for one payload. */
  static final int MOST_COMPARED = 1 << 20;

  boolean appliesTo(String topic) {
    return topics.isEmpty() || topics.stream().anyMatch(filter -> filter.matches(topic));
  }

  /** Whether the value at that place is this field, and what it should be. */
  boolean covers(List<JsonStep> place, byte[] text, int from, int to) {
    return paths.stream().anyMatch(path -> path.matches(place))
        && (pattern == null || pattern.find(text, from, to).exists());
  }

  /**
   * The payload with every harmless value of that topic blanked out; itself where there is none.
   * Where too much would have to be compared, the rest stays as it is, for the rules to look at.
   */
  static byte[] blank(List<HarmlessField> fields, String topic, byte[] payload) {
    if (fields.isEmpty()) {
      return payload;
    }
    List<HarmlessField> here = fields.stream().filter(field -> field.appliesTo(topic)).toList();
    if (here.isEmpty() || !JsonStrings.looksLike(payload, payload.length)) {
      return payload;
    }
    byte[] copy = payload.clone();
    int paths = here.stream().mapToInt(field -> field.paths().size()).sum();
    int[] left = {MOST_COMPARED};
    JsonLeaves.walk(
        payload,
        (place, from, to) -> {
          left[0] -= paths * (1 + place.size());
          if (left[0] < 0) {
            return false;
          }
          if (here.stream().anyMatch(field -> field.covers(place, payload, from, to))) {
            java.util.Arrays.fill(copy, from, to, (byte) ' ');
          }
          return true;
        });
    return copy;
  }
}
