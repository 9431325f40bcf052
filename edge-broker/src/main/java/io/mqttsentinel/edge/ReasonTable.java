package io.mqttsentinel.edge;

import io.netty.handler.codec.mqtt.MqttMessageType;
import java.util.BitSet;

/** Which reason codes a client's packets may have (MQTT 5.0, 2.4). */
final class ReasonTable {

  private static final BitSet PUBLISHED =
      codes(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
  private static final BitSet RELEASED = codes(0x00, 0x92);
  private static final BitSet AUTHENTICATION = codes(0x00, 0x18, 0x19);

  /** Those that only a server says are let through: a client that says one leaves, too. */
  private static final BitSet LEAVING = leaving();

  private ReasonTable() {}

  /** MQTT-3.4.2-1, -3.5.2-1, -3.6.2-1, -3.7.2-1, -3.14.2-1, -3.15.2-1. */
  static boolean has(MqttMessageType type, int reasonCode) {
    BitSet codes =
        switch (type) {
          case PUBACK, PUBREC -> PUBLISHED;
          case PUBREL, PUBCOMP -> RELEASED;
          case DISCONNECT -> LEAVING;
          case AUTH -> AUTHENTICATION;
          default -> throw new IllegalArgumentException(type + " has no reason code");
        };
    return codes.get(reasonCode);
  }

  private static BitSet leaving() {
    BitSet codes = codes(0x00, 0x04, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90);
    codes.set(0x80, 0x83 + 1);
    codes.set(0x93, 0xA2 + 1);
    return codes;
  }

  private static BitSet codes(int... reasonCodes) {
    BitSet codes = new BitSet(0xFF);
    for (int code : reasonCodes) {
      codes.set(code);
    }
    return codes;
  }
}
