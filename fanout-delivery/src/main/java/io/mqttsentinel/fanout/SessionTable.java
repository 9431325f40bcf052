package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.SessionRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The sessions of a partition, those in use kept in memory, and when those without a connection
 * expire.
 */
final class SessionTable {

  private static final byte[] NOTHING = {};

  private final KeyValueStore<String, SessionRecord> sessions;
  private final KeyValueStore<Bytes, byte[]> timers;
  private final Map<String, Session> inUse;

  SessionTable(
      KeyValueStore<String, SessionRecord> sessions,
      KeyValueStore<Bytes, byte[]> timers,
      int kept) {
    this.sessions = sessions;
    this.timers = timers;
    this.inUse =
        new LinkedHashMap<>(64, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
            return size() > kept;
          }
        };
  }

  /** The session of a client, or null. */
  Session get(String clientId) {
    Session known = inUse.get(clientId);
    if (known != null) {
      return known;
    }
    SessionRecord stored = sessions.get(clientId);
    if (stored == null) {
      return null;
    }
    Session session = new Session(stored);
    inUse.put(clientId, session);
    return session;
  }

  /** Keeps a session that is new or has changed. */
  void put(Session session) {
    sessions.put(session.clientId(), session.state());
    inUse.put(session.clientId(), session);
  }

  void remove(Session session) {
    unschedule(session);
    sessions.delete(session.clientId());
    inUse.remove(session.clientId());
  }

  /** Sets the timer for the session's {@code expiresAt}, if it has one. */
  void schedule(Session session) {
    if (session.state().getExpiresAt() != null) {
      timers.put(timer(session.state().getExpiresAt(), session.clientId()), NOTHING);
    }
  }

  /** Takes the timer back. */
  void unschedule(Session session) {
    if (session.state().getExpiresAt() != null) {
      timers.delete(timer(session.state().getExpiresAt(), session.clientId()));
    }
  }

  /** Calls for each client whose timer is due, and takes the timer away after that. */
  void forEachDue(Instant now, int most, Consumer<String> each) {
    try (KeyValueIterator<Bytes, byte[]> due = timers.range(null, timer(now.plusMillis(1), ""))) {
      for (int i = 0; i < most && due.hasNext(); i++) {
        byte[] key = due.next().key.get();
        each.accept(new String(key, Long.BYTES, key.length - Long.BYTES, StandardCharsets.UTF_8));
        timers.delete(Bytes.wrap(key));
      }
    }
  }

  void forEach(Consumer<SessionRecord> each) {
    try (KeyValueIterator<String, SessionRecord> all = sessions.all()) {
      all.forEachRemaining(entry -> each.accept(entry.value));
    }
  }

  /** In order of time. */
  private static Bytes timer(Instant at, String clientId) {
    byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(Long.BYTES + id.length)
            .putLong(Math.max(0, at.toEpochMilli()))
            .put(id)
            .array());
  }
}
