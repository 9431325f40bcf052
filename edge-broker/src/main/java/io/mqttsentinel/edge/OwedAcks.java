package io.mqttsentinel.edge;

import java.util.ArrayDeque;

/**
 * PUBACKs that a client is to get, in the order of its PUBLISHes (MQTT 5.0, 4.6), however their
 * outcomes come in.
 */
final class OwedAcks {

  private static final int OPEN = -1;

  /** One PUBACK; its outcome may be open. */
  static final class Owed {
    private final int packetId;
    private int reasonCode = OPEN;

    private Owed(int packetId) {
      this.packetId = packetId;
    }
  }

  /** Takes a PUBACK that is due. */
  interface Writer {
    void puback(int packetId, int reasonCode);
  }

  private final ArrayDeque<Owed> owed = new ArrayDeque<>(4);

  Owed expect(int packetId) {
    Owed one = new Owed(packetId);
    owed.add(one);
    return one;
  }

  /** Settles one, and writes all that are due now. */
  void settle(Owed one, int reasonCode, Writer writer) {
    one.reasonCode = reasonCode;
    for (Owed head = owed.peek(); head != null && head.reasonCode != OPEN; head = owed.peek()) {
      owed.remove();
      writer.puback(head.packetId, head.reasonCode);
    }
  }

  int size() {
    return owed.size();
  }
}
