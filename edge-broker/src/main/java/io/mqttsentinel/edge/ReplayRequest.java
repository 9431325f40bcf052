package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.TopicFilter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/**
 * What a client wants to hear again, as its topic filter {@code $replay/{since}/{filter}} says.
 *
 * @param prefix with which the topic of each replayed message begins: {@code $replay/{since}/}
 * @param filter of the topics, without the prefix
 */
record ReplayRequest(String prefix, Instant since, TopicFilter filter) {

  private static final String ROOT = "$replay/";

  static boolean isOne(String topicFilter) {
    return topicFilter.startsWith(ROOT) || topicFilter.equals("$replay");
  }

  /** Null where it does not say since when, or of what. */
  @Nullable
  static ReplayRequest parse(String topicFilter, Instant now) {
    int slash = topicFilter.indexOf('/', ROOT.length());
    if (slash < 0) {
      return null;
    }
    Instant since = since(topicFilter.substring(ROOT.length(), slash), now);
    String inner = topicFilter.substring(slash + 1);
    return since == null || !TopicFilter.isValid(inner)
        ? null
        : new ReplayRequest(topicFilter.substring(0, slash + 1), since, TopicFilter.of(inner));
  }

  /** A duration back from now, an instant, or seconds since 1970. */
  @Nullable
  private static Instant since(String text, Instant now) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      Instant since = instant(text, now);
      var _ = since.toEpochMilli(); // Kafka counts so, and not as far as an Instant does
      return since;
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  private static Instant instant(String text, Instant now) {
    if (text.charAt(0) == 'P') {
      Duration ago = Duration.parse(text);
      if (ago.isNegative()) {
        throw new DateTimeException("not ago");
      }
      return now.minus(ago);
    }
    boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Instant.ofEpochSecond(Long.parseLong(text)) : Instant.parse(text);
  }

  /** A topic that the client's filter matches and no message has: for the marker of the end. */
  String endTopic() {
    String topic = filter.toString().replace('+', '-');
    if (topic.equals("#")) {
      return prefix + "-";
    }
    return prefix + (topic.endsWith("/#") ? topic.substring(0, topic.length() - 2) : topic);
  }
}
