package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.Epoch;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.SessionRecord;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Closes the connections of edges that are over: as their edge would have, by session.events, so
 * that auth-verifier knows it, too. Goes through the sessions of the partition in slices. A walk is
 * in a store until its end, and begins again where the task does.
 */
final class EdgeSessions {

  private static final int SLICE = 500;
  private static final int SERVER_SHUTTING_DOWN = 0x8B;

  private final SessionTable sessions;
  private final KeyValueStore<String, EdgeEvent> unfinished;
  private final Outbox outbox;
  private final Commits commits;
  private final Runnable askForCommit;
  private final FanoutMetrics metrics;
  private final Clock clock;
  private final Runnable wake;
  private final Deque<EdgeEvent> walks = new ArrayDeque<>();
  private String from; // of the first walk; null: its start

  EdgeSessions(
      SessionTable sessions,
      KeyValueStore<String, EdgeEvent> unfinished,
      Outbox outbox,
      Commits commits,
      Runnable askForCommit,
      FanoutMetrics metrics,
      Clock clock,
      Runnable wake) {
    this.sessions = sessions;
    this.unfinished = unfinished;
    this.outbox = outbox;
    this.commits = commits;
    this.askForCommit = askForCommit;
    this.metrics = metrics;
    this.clock = clock;
    this.wake = wake;
    try (KeyValueIterator<String, EdgeEvent> left = unfinished.all()) {
      left.forEachRemaining(entry -> walks.add(entry.value));
    }
    if (!walks.isEmpty()) {
      wake.run();
    }
  }

  /** STARTED: what the edge had before is over; STOPPED: what it had until then. */
  void over(EdgeEvent edge) {
    unfinished.put(key(edge), edge);
    walks.add(edge);
    wake.run();
  }

  /** Looks at the next slice of sessions; whether there are more. */
  boolean next() {
    EdgeEvent edge = walks.peek();
    if (edge == null) {
      return false;
    }
    from = sessions.slice(from, SLICE, state -> close(state, edge));
    if (from == null) {
      walks.remove();
      commits.whenSafe(() -> unfinished.delete(key(edge)));
      askForCommit.run();
    }
    return !walks.isEmpty();
  }

  private void close(SessionRecord state, EdgeEvent edge) {
    if (!state.getConnected() || !isOver(state, edge)) {
      return;
    }
    metrics.connectionsLost.increment();
    outbox.sessionEvent(
        new SessionEvent(
            state.getRegion(),
            state.getEdge(),
            state.getLane(),
            state.getClientId(),
            state.getEpoch(),
            clock.instant(),
            SessionClose.newBuilder()
                .setCause(CloseCause.EDGE_LOST)
                .setReasonCode(SERVER_SHUTTING_DOWN)
                .build()));
    // In case it lives after all.
    outbox.downlink(
        state.getLane(),
        new SessionFenced(state.getClientId(), state.getEpoch(), SERVER_SHUTTING_DOWN));
  }

  private static boolean isOver(SessionRecord state, EdgeEvent edge) {
    boolean same =
        state.getLane() == edge.getLane()
            && state.getRegion().equals(edge.getRegion())
            && state.getEdge().equals(edge.getEdge());
    return same
        && (edge.getType() == EdgeEventType.STARTED
            ? state.getEpoch() < edge.getBootId()
            : !Epoch.isAfter(state.getEpoch(), edge.getAt()));
  }

  private static String key(EdgeEvent edge) {
    return edge.getEdge() + '\0' + edge.getType() + '\0' + edge.getBootId();
  }
}
