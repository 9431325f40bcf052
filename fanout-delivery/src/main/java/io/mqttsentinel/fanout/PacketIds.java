package io.mqttsentinel.fanout;

/**
 * The packet id that an edge derives from a delivery id, so that a redelivery has the original one
 * on whatever edge (MQTT-4.4.0-1): {@code 1 + (deliveryId - 1) % 65535}.
 */
final class PacketIds {

  static final int COUNT = 65_535;

  private PacketIds() {}

  /**
   * The smallest delivery id above {@code floor} whose packet id follows that of {@code last};
   * after none, 0, the one with packet id 1.
   */
  static long next(long last, long floor) {
    long next = last + 1;
    return next > floor ? next : floor + 1 + Math.floorMod(next - floor - 1, COUNT);
  }

  /** How many ids may be given, beginning with {@code next}, before one has the packet id. */
  static int before(long taken, long next) {
    return Math.floorMod(taken - next, COUNT);
  }
}
