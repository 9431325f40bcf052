package io.mqttsentinel.edge;

/** A client's publishes so far. */
final class PublishState {

  private final OwedAcks owedAcks = new OwedAcks();
  private long lastSequence;

  OwedAcks owedAcks() {
    return owedAcks;
  }

  long nextSequence() {
    return lastSequence + 1;
  }

  void accepted(long sequence) {
    lastSequence = sequence;
  }
}
