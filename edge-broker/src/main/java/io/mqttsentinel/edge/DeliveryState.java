package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.DeliveryTarget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A connection's deliveries: out at the client, waiting for its window, and finished. */
final class DeliveryState {

  /** A delivery that the client has no room for at the moment. */
  record Waiting(ClientMessage message, DeliveryTarget target) {}

  private final DeliveryWindow window;
  private final GivenUp givenUp;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(4);
  private List<Long> acknowledged = new ArrayList<>(4);
  private List<DeliveryWindow.Out> received;
  private long highest;
  private boolean reportScheduled;

  DeliveryState(int windowSize) {
    window = new DeliveryWindow(windowSize);
    givenUp = new GivenUp(windowSize);
  }

  DeliveryWindow window() {
    return window;
  }

  ArrayDeque<Waiting> waiting() {
    return waiting;
  }

  GivenUp givenUp() {
    return givenUp;
  }

  /** False: it was taken on before. An owner sends ascending ids, but repeats after a crash. */
  boolean takeOn(long deliveryId) {
    if (deliveryId <= highest) {
      return false;
    }
    highest = deliveryId;
    return true;
  }

  boolean isUnfinished(long deliveryId) {
    return window.contains(deliveryId)
        || waiting.stream().anyMatch(one -> one.target().getDeliveryId() == deliveryId);
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

  /** Notes a PUBREC; true where recording them has to be scheduled. */
  boolean received(DeliveryWindow.Out out) {
    if (received == null) {
      received = new ArrayList<>(4);
    }
    received.add(out);
    return received.size() == 1;
  }

  @Nullable
  List<DeliveryWindow.Out> takeReceived() {
    List<DeliveryWindow.Out> taken = received;
    received = null;
    return taken;
  }
}
