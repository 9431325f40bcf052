package io.mqttsentinel.bridge;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntConsumer;

/**
 * Acknowledges in the order in which the messages came (MQTT-4.6.0-2), whatever order Kafka's
 * partitions answer in.
 */
final class Acknowledgements {

  private final IntConsumer send;
  private final Deque<Entry> waiting = new ArrayDeque<>();

  Acknowledgements(IntConsumer send) {
    this.send = send;
  }

  /** Takes a place for a message that has just come; run the result when the message is safe. */
  synchronized Runnable expect(int packetId) {
    Entry entry = new Entry(packetId);
    waiting.add(entry);
    return () -> safe(entry);
  }

  private synchronized void safe(Entry entry) {
    entry.safe = true;
    while (!waiting.isEmpty() && waiting.peek().safe) {
      send.accept(waiting.poll().packetId);
    }
  }

  private static final class Entry {
    private final int packetId;
    private boolean safe;

    private Entry(int packetId) {
      this.packetId = packetId;
    }
  }
}
