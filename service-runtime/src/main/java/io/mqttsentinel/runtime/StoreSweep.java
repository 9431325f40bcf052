package io.mqttsentinel.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Goes through a store in turns, a few entries each time, so that no record has to wait long. At
 * the end it rests: a small store is not read over and over for what happens once in hours.
 */
public final class StoreSweep<V> {

  private final KeyValueStore<String, V> store;
  private final Duration pass;
  private Instant began = Instant.MIN;
  private String cursor; // null: at the beginning

  /**
   * @param pass from the beginning of one pass to that of the next one, at least
   */
  public StoreSweep(KeyValueStore<String, V> store, Duration pass) {
    this.store = store;
    this.pass = pass;
  }

  /**
   * Visits the next entries; the visitor may change the store.
   *
   * @param most how many
   */
  public void next(Instant now, int most, BiConsumer<String, V> visitor) {
    if (cursor == null) {
      if (isResting(now)) {
        return;
      }
      began = now;
    }
    List<KeyValue<String, V>> visited = new ArrayList<>();
    try (KeyValueIterator<String, V> entries = store.range(cursor, null)) {
      while (visited.size() < most && entries.hasNext()) {
        visited.add(entries.next());
      }
      cursor = entries.hasNext() ? entries.peekNextKey() : null;
    }
    visited.forEach(entry -> visitor.accept(entry.key, entry.value));
  }

  /** A clock that was set back does not prolong the rest. */
  private boolean isResting(Instant now) {
    return !now.isBefore(began) && now.minus(pass).isBefore(began);
  }
}
