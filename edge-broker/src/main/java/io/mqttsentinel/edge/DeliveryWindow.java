package io.mqttsentinel.edge;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;

/**
 * Deliveries that a client has and did not acknowledge, by the packet id that this connection gave
 * them. Packet ids go round, 1 to 65535, past those in use (MQTT 5.0, 2.2.1).
 */
final class DeliveryWindow {

  static final long UNKNOWN = -1;

  private static final int LAST_PACKET_ID = 65535;

  private final int size;
  private final IntObjectMap<Long> deliveries = new IntObjectHashMap<>(4);
  private int lastPacketId;

  DeliveryWindow(int size) {
    this.size = size;
  }

  boolean isFull() {
    return deliveries.size() >= size;
  }

  int unacknowledged() {
    return deliveries.size();
  }

  /**
   * Gives a delivery its packet id.
   *
   * @throws IllegalStateException if the window is full
   */
  int send(long deliveryId) {
    if (isFull()) {
      throw new IllegalStateException("the window of %d deliveries is full".formatted(size));
    }
    do {
      lastPacketId = lastPacketId == LAST_PACKET_ID ? 1 : lastPacketId + 1;
    } while (deliveries.containsKey(lastPacketId));
    deliveries.put(lastPacketId, (Long) deliveryId);
    return lastPacketId;
  }

  /** The delivery that had this packet id, or {@link #UNKNOWN}. */
  long acknowledge(int packetId) {
    Long deliveryId = deliveries.remove(packetId);
    return deliveryId == null ? UNKNOWN : deliveryId;
  }
}
