package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.SecurityEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The most recent security events of all instances; each id once. */
final class RecentEvents {

  private static final Comparator<SecurityEvent> NEWEST_FIRST =
      Comparator.comparing(SecurityEvent::getAt)
          .reversed()
          .thenComparing(SecurityEvent::getEventId);

  private final int capacity;
  private final TreeSet<SecurityEvent> byTime = new TreeSet<>(NEWEST_FIRST);
  private final Map<String, SecurityEvent> byId = new HashMap<>();

  RecentEvents(int capacity) {
    this.capacity = capacity;
  }

  /** False for an event that is known, or older than all that fit. */
  synchronized boolean add(SecurityEvent event) {
    if (byId.putIfAbsent(event.getEventId(), event) != null) {
      return false;
    }
    byTime.add(event);
    if (byTime.size() <= capacity) {
      return true;
    }
    SecurityEvent oldest = byTime.pollLast();
    byId.remove(oldest.getEventId());
    return !oldest.equals(event);
  }

  /** Newest first. */
  synchronized List<SecurityEvent> newest(int limit, Predicate<SecurityEvent> filter) {
    List<SecurityEvent> newest = new ArrayList<>();
    for (SecurityEvent event : byTime) {
      if (newest.size() == limit) {
        break;
      }
      if (filter.test(event)) {
        newest.add(event);
      }
    }
    return newest;
  }

  synchronized Optional<SecurityEvent> find(String eventId) {
    return Optional.ofNullable(byId.get(eventId));
  }
}
