package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.SeenMessage;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Knows which messages were seen before, by the ascending sequence of their publisher. What is read
 * again from the same offset is no duplicate: what it led to may have been lost with a crash.
 */
final class Deduplication {

  private static final int SWEPT_AT_A_TIME = 2_000;

  private final KeyValueStore<String, SeenMessage> store;
  private final Duration age;
  private String sweptTo; // null: start from the first

  Deduplication(KeyValueStore<String, SeenMessage> store, Duration age) {
    this.store = store;
    this.age = age;
  }

  /** Notes the message unless it is a duplicate. */
  boolean isDuplicate(String publisher, long sequence, long offset, Instant now) {
    SeenMessage last = store.get(publisher);
    if (last == null || sequence > last.getSequence()) {
      store.put(publisher, new SeenMessage(sequence, offset, now));
      return false;
    }
    return offset > last.getOffset();
  }

  /** Forgets silent publishers, a slice of the store at a time, so that no message has to wait. */
  void sweep(Instant now) {
    Instant oldest = now.minus(age);
    try (KeyValueIterator<String, SeenMessage> slice = store.range(sweptTo, null)) {
      for (int i = 0; i < SWEPT_AT_A_TIME && slice.hasNext(); i++) {
        KeyValue<String, SeenMessage> entry = slice.next();
        sweptTo = entry.key;
        if (entry.value.getSeenAt().isBefore(oldest)) {
          store.delete(entry.key);
        }
      }
      if (!slice.hasNext()) {
        sweptTo = null;
      }
    }
  }
}
