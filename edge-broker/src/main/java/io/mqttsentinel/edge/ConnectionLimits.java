package io.mqttsentinel.edge;

/** The buckets of one connection. Confined to its event loop. */
final class ConnectionLimits {

  private static final long NEVER = -1;

  /** Longer than a packet is ever held before it is looked at again, see {@link LimitFlow#wait}. */
  private static final long PAUSE_NANOS = 3_000_000_000L;

  private long publishes;
  private long bytes;
  private long subscribes;
  private long packets;
  private long heldBackSince = NEVER;
  private long lastHeldBack = NEVER;
  private Object current;
  private int passed;

  /** 0, or how many nanoseconds it takes until there is room; as are the next three. */
  long takePublish(Rate rate, long now) {
    long next = rate.add(publishes, now, 1);
    publishes = Math.max(publishes, next);
    return Math.max(0, -next);
  }

  long takeBytes(Rate rate, long now, int amount) {
    long next = rate.add(bytes, now, amount);
    bytes = Math.max(bytes, next);
    return Math.max(0, -next);
  }

  long takeSubscribe(Rate rate, long now) {
    long next = rate.add(subscribes, now, 1);
    subscribes = Math.max(subscribes, next);
    return Math.max(0, -next);
  }

  long takePacket(Rate rate, long now) {
    long next = rate.add(packets, now, 1);
    packets = Math.max(packets, next);
    return Math.max(0, -next);
  }

  /** How many limits the packet has passed before; 0 where it comes for the first time. */
  @SuppressWarnings("ReferenceEquality") // two packets may be equal
  int passed(Object packet) {
    return current == packet ? passed : 0;
  }

  /** The packet is within so many limits, in their order. */
  void passed(Object packet, int limits) {
    current = packet;
    passed = limits;
  }

  /** The packet will not come again. */
  void handled() {
    current = null;
  }

  /** For how many nanoseconds the connection has been held back without a pause. */
  long heldBack(long now) {
    if (lastHeldBack == NEVER || now - lastHeldBack > PAUSE_NANOS) {
      heldBackSince = now;
    }
    lastHeldBack = now;
    return now - heldBackSince;
  }
}
