package io.mqttsentinel.fanout;

import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Which clients may have messages in the queue. To look there in vain is dear: the walk goes on
 * over all that was deleted behind the place, of whatever client, to the next entry that is there.
 *
 * <p>Clients with messages are counted in a table of fixed size, by hash; who shares a place with
 * one of them is looked up in vain. The table is empty when the task starts, and the store is not:
 * a survey goes through it, in slices, and who it has not passed may have anything. It takes away
 * what a crash left of clients who have no session.
 */
final class QueuedClients {

  private static final int PLACES = 1 << 16;

  private final KeyValueStore<Bytes, byte[]> queue;
  private final int[] clients = new int[PLACES];
  private Bytes surveyedTo = DeliveryQueue.key("", 0);
  private boolean surveyed;

  QueuedClients(KeyValueStore<Bytes, byte[]> queue) {
    this.queue = queue;
  }

  /** The client has its first message. */
  void filled(String clientId) {
    count(clientId, 1);
  }

  /** The client's last message is gone. */
  void emptied(String clientId) {
    count(clientId, -1);
  }

  /** Of who comes later in the store the survey will find what is there then. */
  private void count(String clientId, int change) {
    if (isKnown(clientId)) {
      clients[place(clientId)] += change;
    }
  }

  boolean mayHave(String clientId) {
    return !isKnown(clientId) || clients[place(clientId)] > 0;
  }

  /** Whether the survey has passed the client: then it has nothing while it has no session. */
  boolean isKnown(String clientId) {
    return surveyed || DeliveryQueue.key(clientId, 0).compareTo(surveyedTo) < 0;
  }

  /**
   * Surveys the next clients; whether there are more.
   *
   * @param hasSession tells it by the client id
   */
  boolean survey(int most, Predicate<String> hasSession) {
    for (int i = 0; i < most && !surveyed; i++) {
      surveyNext(hasSession);
    }
    return !surveyed;
  }

  private void surveyNext(Predicate<String> hasSession) {
    String clientId;
    boolean hasMessages;
    try (KeyValueIterator<Bytes, byte[]> entries = queue.range(surveyedTo, null)) {
      if (!entries.hasNext()) {
        surveyed = true;
        return;
      }
      Bytes first = entries.next().key;
      clientId = DeliveryQueue.clientId(first);
      hasMessages =
          !DeliveryQueue.isWindow(first)
              || (entries.hasNext() && DeliveryQueue.clientId(entries.next().key).equals(clientId));
    }
    surveyedTo = DeliveryQueue.key(clientId, Long.MAX_VALUE);
    if (!hasSession.test(clientId)) {
      DeliveryQueue.removeAll(queue, clientId);
    } else if (hasMessages) {
      filled(clientId);
    }
  }

  private static int place(String clientId) {
    int hash = clientId.hashCode() * 0x9E3779B9; // ids that differ in their last digits only
    return (hash >>> 16) & (PLACES - 1);
  }
}
