package io.mqttsentinel.bridge;

import io.mqttsentinel.schemas.SharedFilter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.paho.mqttv5.common.util.MqttTopicValidator;

/** From a topic of the origin to the topic that the message has in the pipeline. */
record TopicMapping(List<String> filters, String prefixIn, String prefixOut) {

  private static final int LONGEST = 65535;

  TopicMapping {
    filters = filters.stream().map(SharedFilter::matching).toList();
  }

  /** The mapped topic, or the reason why there is none. */
  sealed interface Result {
    record Mapped(String topic) implements Result {}

    record Refused(String reason) implements Result {}
  }

  Result map(String topic) {
    if (topic == null || topic.isEmpty()) {
      return new Result.Refused("the topic is empty");
    }
    if (!isCleanText(topic)) {
      return new Result.Refused("the topic has control characters or is not valid Unicode");
    }
    if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
      return new Result.Refused("the topic has wildcards");
    }
    // An earlier configuration can have left subscriptions in the origin's session.
    if (filters.stream().noneMatch(filter -> MqttTopicValidator.isMatched(filter, topic))) {
      return new Result.Refused("the topic matches no filter of sentinel.bridge.topics");
    }
    if (!topic.startsWith(prefixIn)) {
      return new Result.Refused("the topic does not start with '%s'".formatted(prefixIn));
    }
    return checked(prefixOut + topic.substring(prefixIn.length()));
  }

  private static Result checked(String mapped) {
    if (mapped.isEmpty()) {
      return new Result.Refused("nothing is left of the topic without its prefix");
    }
    if (mapped.startsWith("$")) {
      return new Result.Refused("topics that start with $ are the broker's own");
    }
    if (mapped.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      return new Result.Refused("the topic has more than %d bytes".formatted(LONGEST));
    }
    return new Result.Mapped(mapped);
  }

  /** Whether some topic that starts with {@code prefix} matches the filter. */
  static boolean canMatch(String filter, String prefix) {
    String plain = SharedFilter.matching(filter);
    int wildcard = plain.length();
    for (char c : new char[] {'+', '#'}) {
      int at = plain.indexOf(c);
      wildcard = at >= 0 ? Math.min(wildcard, at) : wildcard;
    }
    String literal = plain.substring(0, wildcard);
    return literal.startsWith(prefix) || (wildcard < plain.length() && prefix.startsWith(literal));
  }

  /** Neither control characters (MQTT 5.0, 1.5.4) nor half of a surrogate pair. */
  static boolean isCleanText(String text) {
    return text.codePoints()
        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }
}
