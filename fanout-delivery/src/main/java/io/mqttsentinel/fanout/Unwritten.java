package io.mqttsentinel.fanout;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Messages of QoS 2 of which Kafka may not know yet that they are in their queue, or have left it.
 * Were they sent before, a crash could take an entry away from under the delivery, and the message
 * would be queued, and sent, once more; were it forgotten before that the client has them, a crash
 * could bring an entry back. QoS 1 allows that and does not wait.
 */
final class Unwritten {

  private final Commits commits;
  private final Runnable askForCommit;
  private final Map<String, Long> first = new HashMap<>(); // client id → lowest delivery id
  private final Map<String, Set<Long>> left = new HashMap<>(); // client id → delivery ids
  private Consumer<List<String>> written = clients -> {};

  Unwritten(Commits commits, Runnable askForCommit) {
    this.commits = commits;
    this.askForCommit = askForCommit;
  }

  /** Calls with the clients whose entries are safe, each time that some are. */
  void whenWritten(Consumer<List<String>> then) {
    written = then;
  }

  void add(String clientId, long id) {
    if (first.isEmpty()) {
      commits.whenSafe(this::safe);
    }
    first.putIfAbsent(clientId, id);
  }

  /** A message left its queue. */
  void left(String clientId, long id) {
    if (left.isEmpty()) {
      commits.whenSafe(left::clear);
    }
    left.computeIfAbsent(clientId, c -> new HashSet<>()).add(id);
  }

  /** Whether a crash could bring it back. */
  boolean mayComeBack(String clientId, long id) {
    return left.getOrDefault(clientId, Set.of()).contains(id);
  }

  /** Somebody waits for them: the next commit in the course of things would be late. */
  void hurry() {
    askForCommit.run();
  }

  /** Whether the entry with this id must not go out for now. */
  boolean holds(String clientId, long id) {
    if (first.isEmpty()) {
      return false;
    }
    Long from = first.get(clientId);
    return from != null && id >= from;
  }

  /** Nothing was added since the commit began: the task waited for it. */
  private void safe() {
    List<String> clients = List.copyOf(first.keySet());
    first.clear();
    written.accept(clients);
  }
}
