package io.mqttsentinel.authverifier;

import io.mqttsentinel.schemas.InspectedMessage;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * Messages that wait for their session, of each client in the order in which they came. They lie in
 * the store under client id and offset, so that one that is read again after a crash takes its old
 * place; what is in memory is only who waits.
 */
final class HeldMessages {

  private static final char DELIMITER = '\0';

  private final TimestampedKeyValueStore<String, InspectedMessage> store;
  private final Map<String, Queue<Waiting>> clients = new HashMap<>();
  private int size;

  /**
   * One message that waits.
   *
   * @param since the tick at which it began to
   */
  record Waiting(String key, long epoch, long since) {}

  /** Takes up what waited before a restart; it waits anew, because time passed unseen. */
  HeldMessages(TimestampedKeyValueStore<String, InspectedMessage> store, long tick) {
    this.store = store;
    try (KeyValueIterator<String, ValueAndTimestamp<InspectedMessage>> entries = store.all()) {
      while (entries.hasNext()) {
        var entry = entries.next();
        InspectedMessage message = entry.value.value();
        enqueue(message.getClientId(), new Waiting(entry.key, message.getEpoch(), tick));
      }
    }
  }

  boolean isWaiting(String clientId) {
    return clients.containsKey(clientId);
  }

  /** The clients that have messages here, as of now. */
  List<String> clients() {
    return List.copyOf(clients.keySet());
  }

  int size() {
    return size;
  }

  /** Puts a message behind those of its client that wait already. */
  void add(Record<String, InspectedMessage> record, long offset, long tick) {
    InspectedMessage message = record.value();
    String clientId = message.getClientId();
    String key = clientId + DELIMITER + HexFormat.of().toHexDigits(offset);
    boolean isRepeated = store.get(key) != null;
    store.put(key, ValueAndTimestamp.make(message, record.timestamp()));
    if (!isRepeated) {
      enqueue(clientId, new Waiting(key, message.getEpoch(), tick));
    }
  }

  /** The message whose turn it is, or null where none of the client waits. */
  Waiting first(String clientId) {
    Queue<Waiting> queue = clients.get(clientId);
    return queue == null ? null : queue.peek();
  }

  /** Takes that message out. */
  Record<String, InspectedMessage> remove(String clientId) {
    Queue<Waiting> queue = clients.get(clientId);
    Waiting first = queue.remove();
    if (queue.isEmpty()) {
      clients.remove(clientId);
    }
    size--;
    ValueAndTimestamp<InspectedMessage> held = store.delete(first.key());
    return new Record<>(clientId, held.value(), held.timestamp());
  }

  private void enqueue(String clientId, Waiting waiting) {
    clients.computeIfAbsent(clientId, id -> new ArrayDeque<>(2)).add(waiting);
    size++;
  }
}
