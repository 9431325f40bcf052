package io.mqttsentinel.edge;

import java.util.Arrays;

/** What a client sent as its password; never printed, and wiped when the decision is made. */
final class Password {

  private final byte[] bytes;

  Password(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  void wipe() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "***";
  }
}
