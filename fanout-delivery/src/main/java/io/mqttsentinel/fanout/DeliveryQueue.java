package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.DeliveryWindow;
import io.mqttsentinel.schemas.QueueEntry;
import io.mqttsentinel.schemas.QueuedMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The messages of QoS 1 and 2 that clients have not acknowledged: client id and delivery id →
 * message. The window of a client lies in front of its messages, with delivery id 0: in the same
 * changelog, so that after a crash it never knows more than they do.
 */
final class DeliveryQueue {

  private static final long WINDOW = 0;
  private static final int IDS_OF_A_MILLISECOND = 20; // bits; a sign is left until the year 2248

  private final KeyValueStore<Bytes, byte[]> store;
  private final Serde<QueueEntry> serde;
  private final Clock clock;
  private final long idFloor;

  /**
   * The queue as a task finds it at its start. An entry that a crash took away may have reached an
   * edge with its delivery id, which then must not come to mean another message: each start of a
   * task gives ids above all that were given before.
   */
  DeliveryQueue(KeyValueStore<Bytes, byte[]> store, Serde<QueueEntry> serde, Clock clock) {
    this.store = store;
    this.serde = serde;
    this.clock = clock;
    this.idFloor = floor();
  }

  /** Of a session that begins now: the ids of an earlier one do not come again. */
  Window empty() {
    return new Window(nextFloor());
  }

  private long nextFloor() {
    return Math.max(idFloor, floor());
  }

  private long floor() {
    return clock.millis() << IDS_OF_A_MILLISECOND;
  }

  /** How far the session's deliveries got, which is read when it is first asked for. */
  Window window(Session session) {
    if (session.window() == null) {
      session.window(read(session.clientId(), session.connection()));
    }
    return session.window();
  }

  private Window read(String clientId, long connection) {
    byte[] stored = store.get(key(clientId, WINDOW));
    Window window =
        Window.of(
            stored == null ? null : (DeliveryWindow) entry(stored).getBody(),
            connection,
            nextFloor());
    try (Messages messages = after(clientId, WINDOW)) {
      while (messages.hasNext()) {
        Message next = messages.next();
        window.found(next.id(), next.content(), next.size(), connection);
      }
    }
    return window;
  }

  /** Notes how far the session's deliveries got. */
  void store(Session session) {
    DeliveryWindow window = session.window().stored(session.connection());
    store.put(key(session.clientId(), WINDOW), bytes(new QueueEntry(window)));
  }

  byte[] bytes(QueuedMessage message) {
    return bytes(new QueueEntry(message));
  }

  void put(String clientId, long id, byte[] message) {
    store.put(key(clientId, id), message);
  }

  /** Removes an entry; its size, or -1 if there is none. */
  int remove(String clientId, long id) {
    byte[] removed = store.delete(key(clientId, id));
    return removed == null ? -1 : removed.length;
  }

  boolean contains(String clientId, long id) {
    return store.get(key(clientId, id)) != null;
  }

  /** The delivery ids of all messages of a client. */
  List<Long> ids(String clientId) {
    List<Long> ids = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries =
        store.range(key(clientId, WINDOW + 1), key(clientId, Long.MAX_VALUE))) {
      entries.forEachRemaining(entry -> ids.add(id(entry.key)));
    }
    return ids;
  }

  /** Removes all of a client. */
  void clear(String clientId) {
    try (KeyValueIterator<Bytes, byte[]> entries =
        store.range(key(clientId, WINDOW), key(clientId, Long.MAX_VALUE))) {
      while (entries.hasNext()) {
        store.delete(entries.next().key);
      }
    }
  }

  /** The messages of a client with higher delivery ids, in order; to be closed. */
  Messages after(String clientId, long id) {
    return new Messages(store.range(key(clientId, id + 1), key(clientId, Long.MAX_VALUE)));
  }

  private QueueEntry entry(byte[] bytes) {
    return serde.deserializer().deserialize(FanoutTopology.QUEUE, bytes);
  }

  private byte[] bytes(QueueEntry entry) {
    return serde.serializer().serialize(FanoutTopology.QUEUE, entry);
  }

  /** U+0000, which no client id contains, keeps one client's entries from another's. */
  private static Bytes key(String clientId, long id) {
    byte[] client = clientId.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(client.length + 1 + Long.BYTES)
            .put(client)
            .put((byte) 0)
            .putLong(id)
            .array());
  }

  private static long id(Bytes key) {
    byte[] bytes = key.get();
    return ByteBuffer.wrap(bytes).getLong(bytes.length - Long.BYTES);
  }

  record Message(long id, QueuedMessage content, int size) {

    boolean isExpired(Instant now) {
      return content.getExpiresAt() != null && !content.getExpiresAt().isAfter(now);
    }
  }

  /** A walk through one client's messages. */
  final class Messages implements AutoCloseable {

    private final KeyValueIterator<Bytes, byte[]> entries;

    private Messages(KeyValueIterator<Bytes, byte[]> entries) {
      this.entries = entries;
    }

    boolean hasNext() {
      return entries.hasNext();
    }

    Message next() {
      KeyValue<Bytes, byte[]> next = entries.next();
      QueuedMessage content = (QueuedMessage) entry(next.value).getBody();
      return new Message(id(next.key), content, next.value.length);
    }

    @Override
    public void close() {
      entries.close();
    }
  }
}
