package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.SessionRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The sessions of a partition, those in use kept in memory, and when those without a connection
 * expire. Timers follow from the records and are set again when the task starts. A null is put
 * where something is to go: to delete it would be to read it first.
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

  /** As {@link #get}, of a client that is not about to be used. */
  boolean has(String clientId) {
    return inUse.containsKey(clientId) || sessions.get(clientId) != null;
  }

  /** Keeps a session that is new or has changed. */
  void put(Session session) {
    sessions.put(session.clientId(), session.state());
    inUse.put(session.clientId(), session);
  }

  void remove(Session session) {
    unschedule(session);
    sessions.put(session.clientId(), null);
    inUse.remove(session.clientId());
  }

  /** Sets the timers for the session's end and its wills, as far as it has some. */
  void schedule(SessionRecord state) {
    for (Instant at : times(state)) {
      timers.put(timer(at, state.getClientId()), NOTHING);
    }
  }

  /** Takes the timers back. */
  void unschedule(Session session) {
    times(session.state()).forEach(at -> timers.put(timer(at, session.clientId()), null));
  }

  private static List<Instant> times(SessionRecord state) {
    List<Instant> times = new ArrayList<>(1);
    if (state.getExpiresAt() != null) {
      times.add(state.getExpiresAt());
    }
    state.getWills().forEach(will -> times.add(will.getDueAt()));
    return times;
  }

  /** Calls for each client whose timer is due, and takes the timer away after that. */
  void forEachDue(Instant now, int most, Consumer<String> each) {
    try (KeyValueIterator<Bytes, byte[]> due = timers.range(null, timer(now.plusMillis(1), ""))) {
      for (int i = 0; i < most && due.hasNext(); i++) {
        byte[] key = due.next().key.get();
        each.accept(new String(key, Long.BYTES, key.length - Long.BYTES, StandardCharsets.UTF_8));
        timers.put(Bytes.wrap(key), null);
      }
    }
  }

  /** Calls for the next sessions; where to go on, or null at the end. */
  String slice(String from, int most, Consumer<SessionRecord> each) {
    try (KeyValueIterator<String, SessionRecord> next = sessions.range(from, null)) {
      for (int i = 0; i < most && next.hasNext(); i++) {
        each.accept(next.next().value);
      }
      return next.hasNext() ? next.peekNextKey() : null;
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
