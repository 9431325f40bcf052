package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.DeliveryTarget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A connection's deliveries: out at the client, waiting for its window, and acknowledged. */
final class DeliveryState {

  /** A delivery that the client has no room for at the moment. */
  record Waiting(ClientMessage message, DeliveryTarget target) {}

  private final DeliveryWindow window;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(4);
  private List<Long> acknowledged = new ArrayList<>(4);
  private boolean reportScheduled;

  DeliveryState(int windowSize) {
    window = new DeliveryWindow(windowSize);
  }

  DeliveryWindow window() {
    return window;
  }

  ArrayDeque<Waiting> waiting() {
    return waiting;
  }

  /** True where a report has to be scheduled. */
  boolean acknowledged(long deliveryId) {
    acknowledged.add(deliveryId);
    boolean first = !reportScheduled;
    reportScheduled = true;
    return first;
  }

  List<Long> takeAcknowledged() {
    reportScheduled = false;
    List<Long> taken = acknowledged;
    acknowledged = new ArrayList<>(4);
    return taken;
  }
}
