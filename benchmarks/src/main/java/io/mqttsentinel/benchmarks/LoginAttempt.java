package io.mqttsentinel.benchmarks;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * One client that connects, is answered and goes.
 *
 * @param name user name and client id: the same, as the accounts demand
 */
record LoginAttempt(InetSocketAddress source, String name, String password) {

  private static final byte CONNECT = 0x10;
  private static final int LENGTH_BITS = 7;
  private static final int MORE = 1 << LENGTH_BITS;

  /** MQTT 5, user name, password, clean start; keep-alive 60 s; no properties. */
  private static final byte[] HEADER = {0, 4, 'M', 'Q', 'T', 'T', 5, (byte) 0xC2, 0, 60, 0};

  /** Its CONNECT, encoded. */
  byte[] connect() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(HEADER);
    text(body, name);
    text(body, name);
    text(body, password);
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(CONNECT);
    for (int left = body.size(); left > 0; left >>= LENGTH_BITS) {
      packet.write(left < MORE ? left : left % MORE | MORE);
    }
    packet.writeBytes(body.toByteArray());
    return packet.toByteArray();
  }

  private static void text(ByteArrayOutputStream into, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    into.write(utf8.length >> 8);
    into.write(utf8.length);
    into.writeBytes(utf8);
  }

  @Override
  public String toString() {
    return "LoginAttempt[source=%s, name=%s]".formatted(source, name);
  }
}
