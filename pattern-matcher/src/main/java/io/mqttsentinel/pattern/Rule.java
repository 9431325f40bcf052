package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Severity;
import java.util.List;
import java.util.Set;

/**
 * One rule of a file.
 *
 * @param version of this rule; empty where only its pack has one
 * @param notMatch a match that this overlaps or touches is no hit; null for none
 * @param exceptsAnywhere a view that holds {@code notMatch} at any place is no hit
 * @param confirmation without it the action is at most {@link Action#FLAG}
 * @param shadow hits are reported but do not count for the verdict
 * @param forced loaded although its pattern is tried on almost every text
 * @param threshold null where each hit is a finding
 * @param matching texts of the field that must hit, tried when the rule is loaded
 * @param notMatching texts that must not
 */
record Rule(
    String id,
    String name,
    String version,
    String description,
    PayloadPattern pattern,
    PayloadPattern notMatch,
    boolean exceptsAnywhere,
    Action action,
    Severity severity,
    Confirmation confirmation,
    boolean enabled,
    boolean shadow,
    boolean forced,
    List<String> tags,
    RuleScope scope,
    DecodeScope decode,
    Threshold threshold,
    List<String> matching,
    List<String> notMatching) {

  Set<InspectedField> fields() {
    return scope.fields();
  }

  boolean appliesTo(String topic) {
    return scope.includesTopic(topic);
  }

  /**
   * Whether a match among bytes that are no text means something: the rule is made for binary data,
   * or its pattern is too long to be met by chance.
   */
  boolean readsNoise() {
    return scope.contents().contains(ContentKind.BINARY) || RuleLint.isTellingInNoise(pattern);
  }

  /** One line for an analyst. */
  String title() {
    return description.isEmpty() ? name : description;
  }
}
