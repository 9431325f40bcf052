package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.PendingWill;
import io.mqttsentinel.schemas.SessionRecord;
import io.mqttsentinel.schemas.Will;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The wills of connections that ended (MQTT 5.0, 3.1.2.5). A will is part of the session's record
 * until Kafka has it as a message to be inspected; a crash before that publishes it once more, with
 * the same epoch and sequence, which tells the router.
 */
final class Wills {

  private final SessionTable table;
  private final Outbox outbox;
  private final Commits commits;
  private final Runnable askForCommit;
  private final FanoutMetrics metrics;
  private final Clock clock;
  private final Set<Key> underWay = new HashSet<>();

  private record Key(String clientId, long epoch) {}

  Wills(
      SessionTable table,
      Outbox outbox,
      Commits commits,
      Runnable askForCommit,
      FanoutMetrics metrics,
      Clock clock) {
    this.table = table;
    this.outbox = outbox;
    this.commits = commits;
    this.askForCommit = askForCommit;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** The connection ended otherwise than by DISCONNECT 0x00: its will is due after the delay. */
  static void connectionEnded(SessionRecord state, Instant at) {
    Will will = state.getWill();
    if (will == null) {
      return;
    }
    long delay = Math.min(will.getDelaySeconds(), state.getSessionExpirySeconds());
    List<PendingWill> wills = new ArrayList<>(state.getWills());
    wills.add(
        new PendingWill(
            state.getEpoch(),
            state.getUsername(),
            state.getRegion(),
            state.getEdge(),
            at.plusSeconds(delay),
            will));
    state.setWills(wills);
    state.setWill(null);
  }

  /** Another connection has the session before the delay is over (MQTT-3.1.3-9). */
  static void resumed(SessionRecord state, Instant at) {
    state.setWills(new ArrayList<>(state.getWills()));
    state.getWills().removeIf(will -> will.getDueAt().isAfter(at));
  }

  /** A will does not wait longer than its session lives. */
  static void sessionEnded(SessionRecord state, Instant at) {
    for (PendingWill will : state.getWills()) {
      if (will.getDueAt().isAfter(at)) {
        will.setDueAt(at);
      }
    }
  }

  /**
   * Publishes what is due.
   *
   * @param then with the session, when Kafka has a will and the session knows it
   */
  void publishDue(Session session, Instant now, Consumer<Session> then) {
    for (PendingWill will : session.state().getWills()) {
      Key key = new Key(session.clientId(), will.getEpoch());
      if (!will.getDueAt().isAfter(now) && underWay.add(key)) {
        metrics.wills.increment();
        outbox.inbound(message(session.clientId(), will));
        commits.whenSafe(() -> published(key, then));
        askForCommit.run();
      }
    }
  }

  private void published(Key key, Consumer<Session> then) {
    underWay.remove(key);
    Session session = table.get(key.clientId());
    if (session == null) {
      return;
    }
    List<PendingWill> left = new ArrayList<>(session.state().getWills());
    left.removeIf(will -> will.getEpoch() == key.epoch());
    session.state().setWills(left);
    table.put(session);
    then.accept(session);
  }

  private InspectedMessage message(String clientId, PendingWill pending) {
    Will will = pending.getWill();
    return InspectedMessage.newBuilder()
        .setEpoch(pending.getEpoch())
        .setSequence(Long.MAX_VALUE)
        .setSource(MessageSource.WILL)
        .setRegion(pending.getRegion())
        .setEdge(pending.getEdge())
        .setClientId(clientId)
        .setUsername(pending.getUsername())
        .setTopic(will.getTopic())
        .setPayload(will.getPayload().duplicate())
        .setQos(will.getQos())
        .setRetain(will.getRetain())
        .setProperties(will.getProperties())
        .setAcceptedAt(clock.instant())
        .build();
  }
}
