package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;

/** Reason strings: for people who look for what their client does wrong. */
final class Reasons {

  /** What a packet with a reason string may need; a client that takes less gets none. */
  private static final int ROOM = 128;

  private Reasons() {}

  /** For CONNACK and DISCONNECT, or null (MQTT-3.2.2-19, MQTT-3.14.2-3). */
  @Nullable
  static String ofLast(@Nullable Client client, Refusal refusal) {
    return client != null && client.maximumPacketSize() < ROOM ? null : text(refusal);
  }

  /** For any other packet, or null; not without being asked to (MQTT-3.1.2-29). */
  @Nullable
  static String of(Client client, Refusal refusal) {
    boolean wanted = client.speaksMqtt5() && client.problemInformation();
    return wanted ? ofLast(client, refusal) : null;
  }

  @Nullable
  private static String text(Refusal refusal) {
    // Who is not let in learns no more than that.
    boolean secret =
        refusal.reasonCode() == ReasonCode.BAD_CREDENTIALS
            || refusal.reasonCode() == ReasonCode.NOT_AUTHORIZED;
    return secret ? null : refusal.cause().replace('_', ' ');
  }
}
