package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.InspectedMessage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts hits of rules that have a threshold, by the time at which messages were accepted. In
 * memory, for the partitions of one task: what is counted by client is complete, because a client's
 * messages lie in one partition.
 */
final class Thresholds {

  private static final int MOST_COUNTED = 20_000;

  private final Map<Counted, long[]> lastHits =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Counted, long[]> eldest) {
          return size() > MOST_COUNTED;
        }
      };

  /** Counts a hit; whether there are enough of them now. */
  boolean reached(Rule rule, InspectedMessage message) {
    Threshold threshold = rule.threshold();
    long now = message.getAcceptedAt().toEpochMilli();
    long[] hits =
        lastHits.computeIfAbsent(
            new Counted(rule.id(), value(threshold.by(), message)),
            _ -> {
              long[] none = new long[threshold.count()];
              java.util.Arrays.fill(none, Long.MIN_VALUE);
              return none;
            });
    System.arraycopy(hits, 1, hits, 0, hits.length - 1);
    hits[hits.length - 1] = now;
    return hits[0] != Long.MIN_VALUE && now - hits[0] <= threshold.window().toMillis();
  }

  private static String value(Threshold.By by, InspectedMessage message) {
    return switch (by) {
      case CLIENT -> message.getClientId();
      case USERNAME -> message.getUsername() == null ? "" : message.getUsername();
      case ADDRESS -> host(message.getRemoteAddress());
      case TOPIC -> message.getTopic();
      case TENANT -> RuleScope.tenant(message);
      case ALL -> "";
    };
  }

  private static String host(String address) {
    int port = address == null ? -1 : address.lastIndexOf(':');
    return port < 0 ? "" : address.substring(0, port);
  }

  private record Counted(String rule, String value) {}
}
