package io.mqttsentinel.allinone;

import io.mqttsentinel.schemas.SecurityEvent;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Security events by what happened and by rule; a replayed event counts once. */
final class EventCounts {

  /** What happened to a connection, a request or a message. */
  enum Outcome {
    REFUSED,
    BLOCKED,
    QUARANTINED,
    FLAGGED
  }

  private final Map<Outcome, Map<String, Integer>> counts = new EnumMap<>(Outcome.class);
  private final Set<String> seen = new HashSet<>();

  EventCounts() {
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome, new TreeMap<>());
    }
  }

  synchronized void count(SecurityEvent event) {
    if (seen.add(event.getEventId())) {
      switch (event.getAction()) {
        case ALLOW -> {} // a rule on trial
        case FLAG -> add(Outcome.FLAGGED, event.getType());
        case QUARANTINE -> add(Outcome.QUARANTINED, event.getType());
        case BLOCK -> {
          boolean message = event.getAcceptedAt() != null;
          add(message ? Outcome.BLOCKED : Outcome.REFUSED, event.getType());
        }
      }
    }
  }

  synchronized Map<String, Integer> byRule(Outcome outcome) {
    return new TreeMap<>(counts.get(outcome));
  }

  synchronized int total(Outcome outcome) {
    return counts.get(outcome).values().stream().mapToInt(Integer::intValue).sum();
  }

  private void add(Outcome outcome, String rule) {
    counts.get(outcome).merge(rule, 1, Integer::sum);
  }
}
