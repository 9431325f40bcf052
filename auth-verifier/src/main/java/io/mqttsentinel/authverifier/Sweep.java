package io.mqttsentinel.authverifier;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Goes through a store in turns, a few entries each time. */
final class Sweep<V> {

  private final KeyValueStore<String, V> store;
  private String cursor;

  Sweep(KeyValueStore<String, V> store) {
    this.store = store;
  }

  /**
   * Visits the next entries; the visitor may change the store.
   *
   * @param most how many
   */
  void next(int most, BiConsumer<String, V> visitor) {
    List<KeyValue<String, V>> visited = new ArrayList<>();
    try (KeyValueIterator<String, V> entries = store.range(cursor, null)) {
      while (visited.size() < most && entries.hasNext()) {
        visited.add(entries.next());
      }
      cursor = entries.hasNext() ? entries.peekNextKey() : null;
    }
    visited.forEach(entry -> visitor.accept(entry.key, entry.value));
  }
}
