package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;

/**
 * Deliveries that a client has and did not finish, by packet id. The packet id follows from the
 * owner's delivery id, so that whoever repeats the delivery uses the same one (MQTT-4.4.0-1).
 */
final class DeliveryWindow {

  /** What is awaited of the client or, while its PUBREC is being recorded, of Kafka. */
  enum Stage {
    PUBACK,
    PUBREC,
    RECORDING,
    PUBCOMP
  }

  /** One delivery that is out. */
  static final class Out {
    private final long deliveryId;
    private Stage stage;

    private Out(long deliveryId, Stage stage) {
      this.deliveryId = deliveryId;
      this.stage = stage;
    }

    long deliveryId() {
      return deliveryId;
    }

    int packetId() {
      return DeliveryWindow.packetId(deliveryId);
    }

    Stage stage() {
      return stage;
    }

    void stage(Stage next) {
      stage = next;
    }
  }

  private static final int PACKET_IDS = 65535;

  private final int size;
  private final IntObjectMap<Out> deliveries = new IntObjectHashMap<>(4);

  DeliveryWindow(int size) {
    this.size = size;
  }

  static int packetId(long deliveryId) {
    return 1 + (int) ((deliveryId - 1) % PACKET_IDS);
  }

  boolean isFull() {
    return deliveries.size() >= size;
  }

  int unacknowledged() {
    return deliveries.size();
  }

  /** Whether another delivery that is out has the same packet id. */
  boolean isTaken(long deliveryId) {
    return deliveries.containsKey(packetId(deliveryId));
  }

  boolean contains(long deliveryId) {
    Out out = deliveries.get(packetId(deliveryId));
    return out != null && out.deliveryId == deliveryId;
  }

  /**
   * Notes a delivery as sent.
   *
   * @throws IllegalStateException if the window is full or the packet id in use
   */
  Out send(long deliveryId, Stage stage) {
    if (isFull()) {
      throw new IllegalStateException("the window of %d deliveries is full".formatted(size));
    }
    if (isTaken(deliveryId)) {
      throw new IllegalStateException("packet id %d is in use".formatted(packetId(deliveryId)));
    }
    Out out = new Out(deliveryId, stage);
    deliveries.put(out.packetId(), out);
    return out;
  }

  /** The delivery that has this packet id, or null. */
  @Nullable
  Out find(int packetId) {
    return deliveries.get(packetId);
  }

  void finish(Out out) {
    deliveries.remove(out.packetId());
  }
}
