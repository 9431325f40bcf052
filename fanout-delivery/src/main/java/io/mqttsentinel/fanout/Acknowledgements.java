package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.DeliveryAck;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What clients and their edges answer to deliveries of QoS 1 and 2. */
final class Acknowledgements {

  private final SessionTable sessions;
  private final DeliveryQueue queue;
  private final Sending sending;
  private final Unwritten unwritten;
  private final FanoutMetrics metrics;

  Acknowledgements(
      SessionTable sessions,
      DeliveryQueue queue,
      Sending sending,
      Unwritten unwritten,
      FanoutMetrics metrics) {
    this.sessions = sessions;
    this.queue = queue;
    this.sending = sending;
    this.unwritten = unwritten;
    this.metrics = metrics;
  }

  /** The client or its edge is done with deliveries: there is room for more. */
  void acknowledged(DeliveryAck ack) {
    Session session = sessions.get(ack.getClientId());
    if (session == null || session.state().getEpoch() != ack.getEpoch()) {
      metrics.staleEvents.increment();
      return;
    }
    boolean untouched = session.window() == null;
    queue.window(session);
    boolean changed = false;
    for (long id : ack.getDeliveryIds()) {
      if (queue.remove(session, id)) {
        if (session.state().getReceived().contains(id)) {
          unwritten.left(session.clientId(), id);
        }
        metrics.finished(ack.getOutcome());
        changed = true;
      }
    }
    if (untouched) {
      sending.repeatInFlight(session);
    }
    if (sending.sendWaiting(session) || changed) {
      queue.store(session);
    }
  }

  /**
   * The client said PUBREC: these must not be published to it again, only released. On which of its
   * connections does not matter: a delivery id belongs to one session. Read again after a crash,
   * this may come when the session is known to be at the next connection.
   */
  void received(String clientId, List<Long> ids) {
    Session session = sessions.get(clientId);
    if (session == null) {
      metrics.staleEvents.increment();
      return;
    }
    Set<Long> received = new TreeSet<>(session.state().getReceived());
    for (long id : ids) {
      received.add(id);
      if (!queue.contains(clientId, id)) {
        unwritten.left(clientId, id); // its acknowledgement was read first
      }
    }
    received.removeIf(id -> !queue.contains(clientId, id) && !unwritten.mayComeBack(clientId, id));
    session.state().setReceived(new ArrayList<>(received));
    sessions.put(session);
  }
}
