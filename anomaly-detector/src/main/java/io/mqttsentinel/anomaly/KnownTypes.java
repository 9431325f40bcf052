package io.mqttsentinel.anomaly;

import java.nio.ByteBuffer;

/** Which kinds of payload a client sends. A new kind is known when enough messages had it. */
final class KnownTypes {

  private static final int MOST = 255;

  private final int[] seen = new int[PayloadType.COUNT];
  private int total;

  boolean isKnown(PayloadType type, int least) {
    return seen[type.place()] >= least;
  }

  /** How many messages there were, up to some hundreds. */
  int total() {
    return total;
  }

  /** The kind that most messages had. */
  PayloadType usual() {
    PayloadType usual = PayloadType.SHORT;
    for (PayloadType type : PayloadType.values()) {
      if (seen[type.place()] > seen[usual.place()]) {
        usual = type;
      }
    }
    return usual;
  }

  void note(PayloadType type) {
    if (seen[type.place()] < MOST) {
      seen[type.place()]++;
      total++;
    }
  }

  void write(ByteBuffer out) {
    for (int n : seen) {
      out.put((byte) n);
    }
  }

  void read(ByteBuffer in) {
    for (int i = 0; i < seen.length; i++) {
      seen[i] = in.get() & 0xff;
      total += seen[i];
    }
  }
}
