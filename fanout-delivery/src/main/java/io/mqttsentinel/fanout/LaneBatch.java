package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One message for all its sessions, by lane: a broadcast is one record for each edge. */
final class LaneBatch {

  private final Map<Integer, List<DeliveryTarget>> byLane = LinkedHashMap.newLinkedHashMap(2);

  void add(int lane, DeliveryTarget target) {
    byLane.computeIfAbsent(lane, l -> new ArrayList<>(1)).add(target);
  }

  void send(ClientMessage message, Outbox outbox) {
    byLane.forEach(
        (lane, targets) ->
            RecordParts.of(targets, t -> RecordParts.size(t.getClientId(), t.getSubscriptionIds()))
                .forEach(part -> outbox.downlink(lane, new Delivery(message, part))));
  }
}
