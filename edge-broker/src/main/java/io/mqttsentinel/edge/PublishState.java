package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.ExactlyOnce;
import java.util.List;

/** A client's publishes so far. */
final class PublishState {

  private final OwedAcks owedAcks = new OwedAcks();
  private long lastSequence;
  private int quotaUsed;
  private OpenPublishes open;
  private PublishTurns turns;
  private String[] aliases;

  OwedAcks owedAcks() {
    return owedAcks;
  }

  long nextSequence() {
    return lastSequence + 1;
  }

  void accepted(long sequence) {
    lastSequence = sequence;
  }

  /** PUBLISHes with QoS 1 or 2 that this connection owes the last word (MQTT 5.0, 4.9). */
  int quotaUsed() {
    return quotaUsed;
  }

  void useQuota() {
    quotaUsed++;
  }

  void freeQuota() {
    quotaUsed--;
  }

  void restore(List<ExactlyOnce> inbound) {
    inbound.forEach(open()::restore);
  }

  OpenPublishes open() {
    if (open == null) {
      open = new OpenPublishes();
    }
    return open;
  }

  @Nullable
  OpenPublishes.Open findOpen(int packetId) {
    return open == null ? null : open.find(packetId);
  }

  PublishTurns turns() {
    if (turns == null) {
      turns = new PublishTurns();
    }
    return turns;
  }

  boolean hasTurns() {
    return turns != null && !turns.isEmpty();
  }

  @Nullable
  String alias(int alias) {
    return aliases == null ? null : aliases[alias];
  }

  void alias(int alias, String topic, int most) {
    if (aliases == null) {
      aliases = new String[most + 1];
    }
    aliases[alias] = topic;
  }
}
