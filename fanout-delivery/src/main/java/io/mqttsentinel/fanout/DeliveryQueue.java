package io.mqttsentinel.fanout;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.DeliveryWindow;
import io.mqttsentinel.schemas.QueueEntry;
import io.mqttsentinel.schemas.QueuedMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
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
  private final QueuedClients clients;
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
    this.clients = new QueuedClients(store);
    this.idFloor = floor();
  }

  /** See {@link QueuedClients#survey}. */
  boolean survey(int most, Predicate<String> hasSession) {
    return clients.survey(most, hasSession);
  }

  /**
   * Of a session that begins now: it has nothing, even if a crash left something of an earlier one,
   * and the ids of that do not come again.
   */
  void begin(Session session) {
    if (!clients.isKnown(session.clientId())) {
      removeAll(store, session.clientId());
    }
    session.window(new Window(nextFloor()));
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
    if (clients.mayHave(clientId)) {
      try (Messages messages = new Messages(walk(clientId, WINDOW + 1))) {
        while (messages.hasNext()) {
          Message next = messages.next();
          window.found(next.id(), next.content(), next.size(), connection);
        }
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

  /** Queues a message; its delivery id. The window must have been read, here and below. */
  long add(Session session, boolean routed, long offset, byte[] message) {
    long id = session.window().add(routed, offset, message.length);
    store.put(key(session.clientId(), id), message);
    if (session.window().queued() == 1) {
      clients.filled(session.clientId());
    }
    return id;
  }

  /** Removes a message; whether it was there. */
  boolean remove(Session session, long id) {
    return remove(session, id, session.window()::removed);
  }

  /** The same with the oldest that waits: no need to look for older ones again. */
  void drop(Session session, long id) {
    remove(session, id, session.window()::dropped);
  }

  private interface Removal {
    void of(long id, int size);
  }

  /**
   * What was found at a start of the task may come from records that are still to be read again. An
   * entry that goes must not take along that it was queued: a crash can come before the window that
   * follows it.
   */
  private boolean remove(Session session, long id, Removal noted) {
    if (session.window().isKnownByEntriesOnly()) {
      store(session);
    }
    byte[] removed = store.delete(key(session.clientId(), id));
    if (removed == null) {
      return false;
    }
    noted.of(id, removed.length);
    if (session.window().queued() == 0) {
      clients.emptied(session.clientId());
    }
    return true;
  }

  boolean contains(String clientId, long id) {
    return store.get(key(clientId, id)) != null;
  }

  /** Whether there may be something to send; to read the window is to know it. */
  boolean mayHaveMessages(Session session) {
    return session.window() == null
        ? clients.mayHave(session.clientId())
        : session.window().queued() > 0;
  }

  /** The delivery ids of all messages of a client. */
  List<Long> ids(String clientId) {
    List<Long> ids = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries = walk(clientId, WINDOW + 1)) {
      entries.forEachRemaining(entry -> ids.add(id(entry.key)));
    }
    return ids;
  }

  /** Removes all of a session that ends. */
  void end(Session session) {
    String clientId = session.clientId();
    Bytes window = key(clientId, WINDOW);
    if (session.window().queued() > 0) { // not what another with the same place has
      removeAll(store, clientId);
      clients.emptied(clientId);
    } else if (store.get(window) != null) {
      store.put(window, null);
    }
  }

  static void removeAll(KeyValueStore<Bytes, byte[]> store, String clientId) {
    try (KeyValueIterator<Bytes, byte[]> entries =
        store.range(key(clientId, WINDOW), key(clientId, Long.MAX_VALUE))) {
      entries.forEachRemaining(entry -> store.put(entry.key, null));
    }
  }

  /** The messages of a session with higher delivery ids, in order; to be closed. */
  Messages after(Session session, long id) {
    return new Messages(mayHaveMessages(session) ? walk(session.clientId(), id + 1) : null);
  }

  private KeyValueIterator<Bytes, byte[]> walk(String clientId, long from) {
    return store.range(key(clientId, from), key(clientId, Long.MAX_VALUE));
  }

  private QueueEntry entry(byte[] bytes) {
    return serde.deserializer().deserialize(FanoutTopology.QUEUE, bytes);
  }

  private byte[] bytes(QueueEntry entry) {
    return serde.serializer().serialize(FanoutTopology.QUEUE, entry);
  }

  /** U+0000, which no client id contains, keeps one client's entries from another's. */
  static Bytes key(String clientId, long id) {
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

  static String clientId(Bytes key) {
    byte[] bytes = key.get();
    return new String(bytes, 0, bytes.length - 1 - Long.BYTES, StandardCharsets.UTF_8);
  }

  static boolean isWindow(Bytes key) {
    return id(key) == WINDOW;
  }

  record Message(long id, QueuedMessage content, int size) {

    boolean isExpired(Instant now) {
      return content.getExpiresAt() != null && !content.getExpiresAt().isAfter(now);
    }
  }

  /** A walk through one client's messages. */
  final class Messages implements AutoCloseable {

    private final KeyValueIterator<Bytes, byte[]> entries; // null: there are none

    private Messages(@Nullable KeyValueIterator<Bytes, byte[]> entries) {
      this.entries = entries;
    }

    boolean hasNext() {
      return entries != null && entries.hasNext();
    }

    Message next() {
      KeyValue<Bytes, byte[]> next = entries.next();
      QueuedMessage content = (QueuedMessage) entry(next.value).getBody();
      return new Message(id(next.key), content, next.value.length);
    }

    @Override
    public void close() {
      if (entries != null) {
        entries.close();
      }
    }
  }
}
