package io.mqttsentinel.aggregator;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The same cause has the same event id, so that what is processed again does not count twice. */
final class EventId {

  private static final int BYTES = 16;

  private EventId() {}

  /** Of the message that this identity belongs to. */
  static String ofMessage(String clientId, long epoch, long sequence) {
    return digest("message\n" + clientId + '\n' + epoch + '\n' + sequence);
  }

  /** Of a record that names a refusal. */
  static String ofRecord(String topic, int partition, long offset) {
    return digest("record\n" + topic + '\n' + partition + '\n' + offset);
  }

  /** Of the report on what repeated another event up to that one. */
  static String ofRepeats(String lastEventId) {
    return digest("repeats\n" + lastEventId);
  }

  private static String digest(String identity) {
    byte[] hash = Sha256.of(identity.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, BYTES);
  }
}
