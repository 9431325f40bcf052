package io.mqttsentinel.e2e;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What publishers were told was accepted, against what subscribers got. A topic has one publisher,
 * whose numbers ascend from 0, and one QoS.
 */
final class Ledger {

  /** One arrival at one subscriber; copies count. */
  record Arrival(int number, long nanos) {}

  /** The arrivals of one topic at one subscriber, in their order. */
  record Stream(String subscriber, String topic, int qos, List<Arrival> arrivals) {}

  private record Topic(int qos, BitSet acknowledged, BitSet refused) {}

  private final Map<String, Topic> topics = new TreeMap<>();
  private final Map<String, TopicFilter> subscribers = new TreeMap<>();
  private final Map<String, Map<String, Stream>> streams = new LinkedHashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private int acknowledged;
  private int arrived;

  synchronized void topic(String topic, int qos) {
    topics.put(topic, new Topic(qos, new BitSet(), new BitSet()));
  }

  synchronized void subscriber(String clientId, TopicFilter filter) {
    subscribers.put(clientId, filter);
    streams.put(clientId, new TreeMap<>());
  }

  synchronized void acknowledged(Note note) {
    topics.get(note.topic()).acknowledged().set(note.number());
    acknowledged++;
  }

  /** The broker answered that it does not take the message. */
  synchronized void refused(Note note, int reasonCode) {
    topics.get(note.topic()).refused().set(note.number());
    wrong("%s was refused with 0x%02X".formatted(note, reasonCode));
  }

  synchronized void arrived(String clientId, String topic, Optional<Note> note, int qos) {
    arrived++;
    TopicFilter filter = subscribers.get(clientId);
    if (note.isEmpty() || !note.get().topic().equals(topic) || !topics.containsKey(topic)) {
      wrong("%s got on %s what nobody published there".formatted(clientId, topic));
      return;
    }
    if (!filter.matches(topic)) {
      wrong("%s got %s without a subscription".formatted(clientId, note.get()));
      return;
    }
    int expected = Math.min(filter.qos(), topics.get(topic).qos());
    if (qos != expected) {
      wrong("%s got %s with QoS %d instead of %d".formatted(clientId, note.get(), qos, expected));
    }
    streams
        .get(clientId)
        .computeIfAbsent(topic, t -> new Stream(clientId, t, expected, new ArrayList<>()))
        .arrivals()
        .add(new Arrival(note.get().number(), System.nanoTime()));
  }

  /** Something that must never happen, in words. */
  synchronized void wrong(String what) {
    wrong.add(what);
  }

  synchronized int acknowledgedCount() {
    return acknowledged;
  }

  synchronized int arrivedCount() {
    return arrived;
  }

  synchronized List<String> wrong() {
    return List.copyOf(wrong);
  }

  synchronized List<Stream> streams() {
    return streams.values().stream()
        .flatMap(byTopic -> byTopic.values().stream())
        .map(s -> new Stream(s.subscriber(), s.topic(), s.qos(), List.copyOf(s.arrivals())))
        .toList();
  }

  /** Acknowledged, but not arrived at a subscriber that asked for it. */
  synchronized List<String> lost() {
    List<String> lost = new ArrayList<>();
    subscribers.forEach(
        (clientId, filter) ->
            topics.forEach(
                (name, topic) -> {
                  if (filter.matches(name)) {
                    BitSet missing = (BitSet) topic.acknowledged().clone();
                    Stream stream = streams.get(clientId).get(name);
                    if (stream != null) {
                      stream.arrivals().forEach(arrival -> missing.clear(arrival.number()));
                    }
                    missing.stream()
                        .forEach(
                            number -> lost.add("%s#%d for %s".formatted(name, number, clientId)));
                  }
                }));
    return lost;
  }

  /** Copies of messages that should have come exactly once. */
  synchronized List<String> repeatedOnce() {
    return repeated(2);
  }

  /** Copies of messages that may come more than once. */
  synchronized int repeatedAtLeastOnce() {
    return repeated(1).size();
  }

  /** Messages whose first copy came after the first copy of a later one. */
  synchronized List<String> outOfOrder() {
    List<String> wrongOrder = new ArrayList<>();
    for (Stream stream : streams()) {
      BitSet seen = new BitSet();
      for (Arrival arrival : stream.arrivals()) {
        if (!seen.get(arrival.number()) && seen.length() > arrival.number()) {
          wrongOrder.add(
              "%s#%d after #%d at %s"
                  .formatted(
                      stream.topic(), arrival.number(), seen.length() - 1, stream.subscriber()));
        }
        seen.set(arrival.number());
      }
    }
    return wrongOrder;
  }

  private List<String> repeated(int qos) {
    List<String> copies = new ArrayList<>();
    for (Stream stream : streams()) {
      BitSet seen = new BitSet();
      for (Arrival arrival : stream.arrivals()) {
        if (seen.get(arrival.number()) && stream.qos() == qos) {
          copies.add(
              "%s#%d at %s".formatted(stream.topic(), arrival.number(), stream.subscriber()));
        }
        seen.set(arrival.number());
      }
    }
    return copies;
  }
}
