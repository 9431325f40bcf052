package io.mqttsentinel.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How long deliveries paused after each fault, by kind of fault. */
final class Pauses {

  /** A fault that happened. */
  record Happened(Fault fault, long nanos) {}

  /** What one kind of fault cost: the longest pause of any topic at any subscriber. */
  record Cost(int faults, long medianMillis, long longestMillis) {}

  /** A pause of one topic at one subscriber. */
  record Pause(String subscriber, String topic, long beginNanos, long nanos) {

    long millis() {
      return nanos / 1_000_000;
    }
  }

  private static final Pause NONE = new Pause("", "", 0, 0);

  private Pauses() {}

  /**
   * A pause belongs to the last fault before its end, and begins with it at the earliest: what
   * comes regularly anyway is a pause as well, of the time between two messages of a topic.
   */
  static Map<String, Cost> byKind(List<Happened> faults, List<Ledger.Stream> streams) {
    Map<String, List<Long>> longest = new TreeMap<>();
    for (int i = 0; i < faults.size(); i++) {
      long from = faults.get(i).nanos();
      long to = i + 1 < faults.size() ? faults.get(i + 1).nanos() : Long.MAX_VALUE;
      longest
          .computeIfAbsent(faults.get(i).fault().kind(), k -> new ArrayList<>())
          .add(longest(streams, from, to).millis());
    }
    Map<String, Cost> costs = new TreeMap<>();
    longest.forEach(
        (kind, millis) -> {
          List<Long> sorted = millis.stream().sorted().toList();
          costs.put(kind, new Cost(sorted.size(), sorted.get(sorted.size() / 2), sorted.getLast()));
        });
    return costs;
  }

  /** The longest pause that ends in that time. */
  static Pause longest(List<Ledger.Stream> streams, long from, long to) {
    Pause longest = NONE;
    for (Ledger.Stream stream : streams) {
      long last = Long.MIN_VALUE;
      for (Ledger.Arrival arrival : stream.arrivals()) {
        if (last != Long.MIN_VALUE && arrival.nanos() - from > 0 && arrival.nanos() - to < 0) {
          long begin = last - from > 0 ? last : from;
          if (arrival.nanos() - begin > longest.nanos()) {
            longest =
                new Pause(stream.subscriber(), stream.topic(), begin, arrival.nanos() - begin);
          }
        }
        last = arrival.nanos();
      }
    }
    return longest;
  }
}
