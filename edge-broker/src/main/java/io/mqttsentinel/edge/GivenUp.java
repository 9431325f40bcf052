package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.DeliveryOutcome;
import java.util.ArrayDeque;

/**
 * Deliveries that ended otherwise than by the client's acknowledgement, as long as their owner may
 * ask again: it has no more of them open than the window holds.
 */
final class GivenUp {

  record Entry(long deliveryId, DeliveryOutcome outcome, int reasonCode) {}

  private final int most;
  private ArrayDeque<Entry> entries;

  GivenUp(int most) {
    this.most = most;
  }

  void add(Entry entry) {
    if (entries == null) {
      entries = new ArrayDeque<>(4);
    }
    if (entries.size() == most) {
      entries.remove();
    }
    entries.add(entry);
  }

  @Nullable
  Entry find(long deliveryId) {
    return entries == null
        ? null
        : entries.stream().filter(e -> e.deliveryId() == deliveryId).findFirst().orElse(null);
  }
}
