package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.util.ArrayDeque;

/**
 * PUBACKs and PUBRECs that a client is to get, in the order of its PUBLISHes (MQTT 5.0, 4.6),
 * however their outcomes come in.
 */
final class OwedAcks {

  private static final int OPEN = -1;

  /** One acknowledgement; its outcome may be open. */
  static final class Owed {
    private final int packetId;
    private final boolean exactlyOnce;
    private int reasonCode = OPEN;
    private String reason;

    private Owed(int packetId, boolean exactlyOnce) {
      this.packetId = packetId;
      this.exactlyOnce = exactlyOnce;
    }

    int packetId() {
      return packetId;
    }

    /** Whether it is a PUBREC. */
    boolean isExactlyOnce() {
      return exactlyOnce;
    }

    int reasonCode() {
      return reasonCode;
    }

    @Nullable
    String reason() {
      return reason;
    }
  }

  /** Takes an acknowledgement that is due. */
  interface Writer {
    void acknowledge(Owed owed);
  }

  private final ArrayDeque<Owed> owed = new ArrayDeque<>(4);

  Owed expect(int packetId, boolean exactlyOnce) {
    Owed one = new Owed(packetId, exactlyOnce);
    owed.add(one);
    return one;
  }

  /** Settles one, and writes all that are due now. */
  void settle(Owed one, int reasonCode, @Nullable String reason, Writer writer) {
    one.reasonCode = reasonCode;
    one.reason = reason;
    for (Owed head = owed.peek(); head != null && head.reasonCode != OPEN; head = owed.peek()) {
      owed.remove();
      writer.acknowledge(head);
    }
  }

  int size() {
    return owed.size();
  }
}
