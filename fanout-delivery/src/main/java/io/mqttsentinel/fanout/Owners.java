package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.RouteTarget;
import io.mqttsentinel.schemas.RoutedMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Brings what a router found to the partitions that own the sessions. */
final class Owners {

  private final OwnPartition partition;
  private final Deliveries deliveries;
  private final Outbox outbox;

  Owners(OwnPartition partition, Deliveries deliveries, Outbox outbox) {
    this.partition = partition;
    this.deliveries = deliveries;
    this.outbox = outbox;
  }

  /**
   * Brings a message of messages.cleared to all its targets.
   *
   * @param offset in messages.cleared
   */
  void deliver(ClientMessage message, Collection<RouteTarget> targets, long offset) {
    List<RouteTarget> own = new ArrayList<>(1);
    Map<Integer, List<RouteTarget>> others = new TreeMap<>();
    for (RouteTarget target : targets) {
      int owner = partition.ofClient(target.getClientId());
      if (owner == partition.number()) {
        own.add(target);
      } else {
        others.computeIfAbsent(owner, p -> new ArrayList<>()).add(target);
      }
    }
    deliveries.deliver(message, own, false, offset);
    others.values().forEach(there -> handOver(message, there, offset));
  }

  private void handOver(ClientMessage message, List<RouteTarget> targets, long offset) {
    int part = 0;
    for (List<RouteTarget> some :
        RecordParts.of(targets, t -> RecordParts.size(t.getClientId(), t.getSubscriptionIds()))) {
      outbox.routed(
          some.getFirst().getClientId(),
          new RoutedMessage(message, some, partition.number(), offset, part, false, null));
      part++;
    }
  }

  /**
   * Brings a message that came back through session.deliveries to one target.
   *
   * @param offset in session.deliveries
   */
  void deliverAgain(ClientMessage message, RouteTarget target, long offset) {
    if (partition.ofClient(target.getClientId()) == partition.number()) {
      deliveries.deliver(message, List.of(target), true, offset);
    } else {
      handOver(message, List.of(target), offset);
    }
  }
}
