package io.mqttsentinel.authverifier;

import io.mqttsentinel.runtime.StoreSweep;
import io.mqttsentinel.schemas.KnownSession;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionOpen;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The sessions of the clients of one partition: the newest under the client id, each older one
 * under client id and epoch, so that a client that connects every minute costs as little at each
 * connect as any other. Session events may be told twice; the second time changes nothing.
 */
final class SessionTable {

  /** Cannot occur in a client id (MQTT-1.5.4-2). */
  private static final char DELIMITER = '\0';

  private static final Duration PASS = Duration.ofMinutes(1);

  private final KeyValueStore<String, KnownSession> store;
  private final Duration retention;
  private final StoreSweep<KnownSession> sweep;

  SessionTable(KeyValueStore<String, KnownSession> store, Duration retention) {
    this.store = store;
    this.retention = retention;
    this.sweep = new StoreSweep<>(store, PASS);
  }

  /** The session, or null where it is not known. */
  KnownSession find(String clientId, long epoch) {
    KnownSession newest = store.get(clientId);
    if (newest == null || newest.getEpoch() == epoch) {
      return newest;
    }
    return store.get(pastKey(clientId, epoch));
  }

  /**
   * Notes that a session began; the one before it has lost the client id.
   *
   * @param offset of the event in its partition
   */
  void opened(SessionEvent event, SessionOpen open, long offset) {
    String clientId = event.getClientId();
    KnownSession newest = store.get(clientId);
    if (newest == null) {
      store.put(clientId, session(event, open, offset));
      return;
    }
    if (find(clientId, event.getEpoch()) != null) {
      return;
    }
    KnownSession session = session(event, open, offset);
    if (isEarlier(session, newest)) {
      session.setSupersededAt(later(newest.getOpenedAt(), session.getOpenedAt()));
      store.put(pastKey(clientId, session.getEpoch()), session);
      return;
    }
    // The clock of another edge may be behind.
    newest.setSupersededAt(later(event.getAt(), newest.getOpenedAt()));
    store.put(pastKey(clientId, newest.getEpoch()), newest);
    store.put(clientId, session);
  }

  /** Notes that a connection ended. */
  void closed(SessionEvent event) {
    String clientId = event.getClientId();
    KnownSession session = find(clientId, event.getEpoch());
    if (session == null || session.getClosedAt() != null) {
      return;
    }
    session.setClosedAt(event.getAt());
    store.put(
        session.getSupersededAt() == null ? clientId : pastKey(clientId, session.getEpoch()),
        session);
  }

  /**
   * Looks at the next sessions in turn and forgets those that ended long ago.
   *
   * @param most how many to look at
   * @return how many were forgotten
   */
  int forget(Instant now, int most) {
    int[] forgotten = {0};
    sweep.next(
        now,
        most,
        (key, session) -> {
          if (isOver(session, now)) {
            store.delete(key);
            forgotten[0]++;
          }
        });
    return forgotten[0];
  }

  private boolean isOver(KnownSession session, Instant now) {
    Instant end = end(session);
    return end != null
        && end.plus(retention).plusSeconds(session.getWillDelaySeconds()).isBefore(now);
  }

  private static Instant end(KnownSession session) {
    Instant closed = session.getClosedAt();
    Instant superseded = session.getSupersededAt();
    if (closed == null || superseded == null) {
      return closed == null ? superseded : closed;
    }
    return later(closed, superseded);
  }

  /**
   * A session told late: replayed after it was forgotten. Offsets begin anew where a topic was made
   * anew, so the time has to agree.
   */
  private static boolean isEarlier(KnownSession session, KnownSession newest) {
    return session.getOpenOffset() <= newest.getOpenOffset()
        && session.getOpenedAt().isBefore(newest.getOpenedAt());
  }

  private static KnownSession session(SessionEvent event, SessionOpen open, long offset) {
    long willDelay =
        open.getWill() == null
            ? 0
            : Math.min(open.getWill().getDelaySeconds(), open.getSessionExpirySeconds());
    return KnownSession.newBuilder()
        .setEpoch(event.getEpoch())
        .setOpenOffset(offset)
        .setOpenedAt(event.getAt())
        .setWillDelaySeconds(willDelay)
        .setSuperuser(open.getSuperuser())
        .setAsksForTopics(open.getAsksForTopics())
        .setPermissions(open.getPermissions())
        .setGrantExpiresAt(open.getGrantExpiresAt())
        .build();
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static String pastKey(String clientId, long epoch) {
    return clientId + DELIMITER + HexFormat.of().toHexDigits(epoch);
  }
}
