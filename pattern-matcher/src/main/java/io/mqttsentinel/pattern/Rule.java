package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Severity;
import java.util.List;
import java.util.Set;

/**
 * One rule of a file.
 *
 * @param version of this rule; empty where only its pack has one
 * @param notMatch a view that holds this too is no hit; null for none
 * @param confirmation without it the action is at most {@link Action#FLAG}
 * @param shadow hits are reported but do not count for the verdict
 * @param topics empty for all
 * @param matching payloads that must hit, tried when the rule is loaded
 * @param notMatching payloads that must not
 */
record Rule(
    String id,
    String name,
    String version,
    String description,
    PayloadPattern pattern,
    PayloadPattern notMatch,
    Action action,
    Severity severity,
    Confirmation confirmation,
    boolean enabled,
    boolean shadow,
    List<String> tags,
    Set<InspectedField> fields,
    List<TopicFilter> topics,
    List<String> matching,
    List<String> notMatching) {

  boolean appliesTo(String topic) {
    if (topics.isEmpty()) {
      return true;
    }
    for (TopicFilter filter : topics) {
      if (filter.matches(topic)) {
        return true;
      }
    }
    return false;
  }

  /** One line for an analyst. */
  String title() {
    return description.isEmpty() ? name : description;
  }
}
