package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The pace of each client of a partition: of those that spoke last in memory, of the busy ones also
 * in the store. What the origin sends to a client is not that client's pace.
 */
final class Paces {

  private final KeyValueStore<String, byte[]> store;
  private final int most;
  private final int limit;
  private final long window;
  private final Map<String, Pace> recent = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Pace> touched = new HashMap<>();
  private final Set<String> stored = new HashSet<>();

  Paces(KeyValueStore<String, byte[]> store, AnomalyDetectorConfig config) {
    this.store = store;
    this.most = config.cachedClients();
    this.limit = config.rateLimit();
    this.window = config.rateWindow().toMillis();
  }

  /** Of the client that the message counts for. */
  Pace of(InspectedMessage message) {
    String prefix = message.getSource() == MessageSource.ORIGIN ? "origin/" : "device/";
    String key = prefix + message.getClientId();
    Pace pace = recent.get(key);
    if (pace == null) {
      pace = touched.containsKey(key) ? touched.get(key) : Pace.fromBytes(store.get(key));
      recent.put(key, pace);
      dropOldest();
    }
    touched.put(key, pace);
    return pace;
  }

  /** Writes the busy ones to the store, and takes those out that have fallen silent. */
  void checkpoint() {
    for (Iterator<String> keys = stored.iterator(); keys.hasNext(); ) {
      String key = keys.next();
      if (!touched.containsKey(key)) {
        store.delete(key);
        keys.remove();
      }
    }
    touched.forEach(
        (key, pace) -> {
          if (pace.isBusy(limit)) {
            store.put(key, pace.toBytes());
            stored.add(key);
          }
        });
    touched.clear();
  }

  /**
   * Takes out of the store what another owner of this partition left there.
   *
   * @param before milliseconds; what counted messages since then stays
   */
  void sweep(long before) {
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      while (all.hasNext()) {
        var entry = all.next();
        if (!stored.contains(entry.key)
            && Pace.fromBytes(entry.value).isOlderThan(before, window)) {
          store.delete(entry.key);
        }
      }
    }
  }

  private void dropOldest() {
    if (recent.size() > most) {
      Iterator<String> oldest = recent.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
