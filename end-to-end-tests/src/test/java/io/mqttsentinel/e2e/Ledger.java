package io.mqttsentinel.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What publishers were told was accepted, against what subscribers got. A message is its topic and
 * a number that ascends per topic.
 */
final class Ledger {

  private final Map<String, Set<Integer>> acknowledged = new LinkedHashMap<>();
  private final Map<String, List<Integer>> arrived = new HashMap<>();
  private int noted;

  synchronized void acknowledged(String topic, int number) {
    acknowledged.computeIfAbsent(topic, t -> new TreeSet<>()).add(number);
  }

  /** Notes what one subscriber has received so far, in its order; the payload is the number. */
  synchronized void note(List<Device.Received> received) {
    for (; noted < received.size(); noted++) {
      Device.Received message = received.get(noted);
      arrived
          .computeIfAbsent(message.topic(), t -> new ArrayList<>())
          .add(Integer.parseInt(message.payload()));
    }
  }

  synchronized int acknowledgedCount() {
    return acknowledged.values().stream().mapToInt(Set::size).sum();
  }

  /** Acknowledged but not arrived, as topic#number. */
  synchronized List<String> missing() {
    List<String> missing = new ArrayList<>();
    acknowledged.forEach(
        (topic, numbers) -> {
          Set<Integer> there = Set.copyOf(arrived.getOrDefault(topic, List.of()));
          numbers.stream()
              .filter(number -> !there.contains(number))
              .forEach(number -> missing.add(topic + "#" + number));
        });
    return missing;
  }

  /** Numbers whose first arrival came after the first arrival of a later one. */
  synchronized List<String> outOfOrder() {
    List<String> wrong = new ArrayList<>();
    arrived.forEach(
        (topic, numbers) -> {
          Set<Integer> seen = new TreeSet<>();
          int highest = Integer.MIN_VALUE;
          for (int number : numbers) {
            if (seen.add(number) && number < highest) {
              wrong.add(topic + "#" + number);
            }
            highest = Math.max(highest, number);
          }
        });
    return wrong;
  }
}
