package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.SharedFilter;
import io.mqttsentinel.schemas.TopicFilter;

/** Which topic names and filters a client may use at all, whatever its permissions. */
final class TopicCheck {

  private final int maxLevels;
  private final int maxLength;

  TopicCheck(int maxLevels, int maxLength) {
    this.maxLevels = maxLevels;
    this.maxLength = maxLength;
  }

  /** The reason against a topic name to publish to, or null. */
  @Nullable
  Refusal checkName(String topic) {
    if (topic.isEmpty()) {
      return new Refusal(ReasonCode.TOPIC_INVALID, "topic_empty");
    }
    if (topic.indexOf('\u0000') >= 0) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "topic_null_character");
    }
    if (hasControl(topic)) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "topic_control_character");
    }
    if (hasWildcard(topic)) {
      return new Refusal(ReasonCode.TOPIC_INVALID, "topic_wildcard");
    }
    if (!TopicFilter.isTopicName(topic)) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "topic_malformed");
    }
    return isTooLarge(topic) ? new Refusal(ReasonCode.TOPIC_INVALID, "topic_too_deep") : null;
  }

  /**
   * The reason against a filter to subscribe to, or null. One that is none ends the connection
   * (MQTT-4.13.1-1; of 3.1.1: MQTT-4.8.0-1); 0x8F is for one that is well-formed (3.9.3).
   */
  @Nullable
  Refusal checkFilter(String filter) {
    if (filter.indexOf('\u0000') >= 0) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "filter_null_character");
    }
    if (hasControl(filter)) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "filter_control_character");
    }
    if (SharedFilter.isShared(filter) && !SharedFilter.isValid(filter)) {
      return new Refusal(ReasonCode.PROTOCOL_ERROR, "shared_filter_invalid");
    }
    if (!TopicFilter.isValid(filter)) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "filter_invalid");
    }
    return isTooLarge(filter) ? new Refusal(ReasonCode.FILTER_INVALID, "filter_too_deep") : null;
  }

  private boolean isTooLarge(String text) {
    return text.length() > maxLength || levels(text) > maxLevels;
  }

  static boolean hasWildcard(String topic) {
    return topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0;
  }

  /** What a receiver may refuse in a string (1.5.4): controls, and code points for no character. */
  static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) { // of every PUBLISH: no stream
      int c = text.codePointAt(i);
      if (Character.isISOControl(c) || isNoCharacter(c)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNoCharacter(int codePoint) {
    return (codePoint & 0xFFFE) == 0xFFFE || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF);
  }

  private static int levels(String topic) {
    int levels = 1;
    for (int i = topic.indexOf('/'); i >= 0; i = topic.indexOf('/', i + 1)) {
      levels++;
    }
    return levels;
  }
}
