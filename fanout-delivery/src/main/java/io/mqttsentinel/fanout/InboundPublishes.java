package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ExactlyOnce;
import io.mqttsentinel.schemas.SessionEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * The QoS 2 PUBLISHes of clients that are not released yet. The next connection, on whatever edge,
 * has to know what the client repeats there.
 */
final class InboundPublishes {

  private final SessionTable table;
  private final FanoutMetrics metrics;

  InboundPublishes(SessionTable table, FanoutMetrics metrics) {
    this.table = table;
    this.metrics = metrics;
  }

  void received(SessionEvent event, ExactlyOnce publish, long offset) {
    change(event, publish.getPacketId(), List.of(publish), offset);
  }

  void released(SessionEvent event, int packetId, long offset) {
    change(event, packetId, List.of(), offset);
  }

  private void change(SessionEvent event, int packetId, List<ExactlyOnce> now, long offset) {
    Session session = table.get(event.getClientId());
    if (session == null || session.isStale(event) || session.isReplay(offset)) {
      metrics.staleEvents.increment();
      return;
    }
    List<ExactlyOnce> inbound = new ArrayList<>(session.state().getInbound());
    inbound.removeIf(publish -> publish.getPacketId() == packetId);
    inbound.addAll(now);
    session.state().setInbound(inbound);
    session.state().setEventOffset(offset);
    table.put(session);
  }
}
