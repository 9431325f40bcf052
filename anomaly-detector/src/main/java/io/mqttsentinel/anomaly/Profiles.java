package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The profiles of one partition: those of the clients that spoke last in memory, all of them in the
 * store. What changed is written a little later, so that a busy client costs one write and not one
 * for each message.
 */
final class Profiles {

  static final String DEVICE = "device/";

  private static final String ORIGIN = "origin/";
  private static final String CLASS = "class/";
  private static final int MOST_CLASSES = 1000;

  private final KeyValueStore<String, byte[]> store;
  private final int most;
  private final Map<String, Profile> recent = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Profile> changed = new LinkedHashMap<>();
  private final Map<String, ClassBaseline> classes = new HashMap<>();
  private final Set<String> changedClasses = new HashSet<>();
  private String sweptTo = "";

  /**
   * @param most profiles to keep in memory
   */
  Profiles(KeyValueStore<String, byte[]> store, int most) {
    this.store = store;
    this.most = most;
  }

  /** Of the client that the message counts for. The caller changes it. */
  Profile of(InspectedMessage message) {
    String prefix = message.getSource() == MessageSource.ORIGIN ? ORIGIN : DEVICE;
    return get(prefix + message.getClientId());
  }

  /** Of what a device itself does. The caller changes it. */
  Profile ofDevice(String clientId) {
    return get(DEVICE + clientId);
  }

  private Profile get(String key) {
    Profile profile = recent.get(key);
    if (profile == null) {
      profile = Profile.fromBytes(store.get(key));
      recent.put(key, profile);
      dropOldest();
    }
    changed.putIfAbsent(key, profile);
    return profile;
  }

  /** Null where the message's client belongs to none. The caller changes it. */
  ClassBaseline classOf(InspectedMessage message) {
    String name = ClientClass.of(message);
    if (name.isEmpty()) {
      return null;
    }
    ClassBaseline found = classes.get(name);
    if (found == null) {
      if (classes.size() >= MOST_CLASSES) {
        return null;
      }
      found = ClassBaseline.fromBytes(store.get(CLASS + name));
      classes.put(name, found);
    }
    changedClasses.add(name);
    return found;
  }

  /**
   * Writes what has changed to the store, what has waited longest first.
   *
   * @param atMost profiles; the rest waits for the next time
   */
  void checkpoint(int atMost, BaselineConfig config) {
    Iterator<Map.Entry<String, Profile>> waiting = changed.entrySet().iterator();
    for (int i = 0; i < atMost && waiting.hasNext(); i++) {
      Map.Entry<String, Profile> entry = waiting.next();
      store.put(entry.getKey(), entry.getValue().toBytes());
      waiting.remove();
    }
    for (String name : changedClasses) {
      ClassBaseline known = classes.get(name);
      if (known.isKnown(config)) {
        store.put(CLASS + name, known.toBytes());
      }
    }
    changedClasses.clear();
  }

  /**
   * Goes on through the store from where it stopped the last time, and begins again at its end.
   *
   * @param device takes client id and profile of a device
   * @param forgottenBefore milliseconds; the profile of a client that spoke last before goes
   */
  void sweep(int atMost, long forgottenBefore, BiPredicate<String, Profile> device) {
    int n = 0;
    try (KeyValueIterator<String, byte[]> entries = store.range(sweptTo, null)) {
      while (entries.hasNext() && n < atMost) {
        var entry = entries.next();
        n++;
        sweptTo = entry.key + '\0';
        if (entry.key.startsWith(CLASS)) {
          continue;
        }
        Profile profile = recent.get(entry.key);
        profile = profile == null ? Profile.fromBytes(entry.value) : profile;
        if (profile.lastAt() < forgottenBefore) {
          forget(entry.key);
        } else if (entry.key.startsWith(DEVICE)
            && device.test(entry.key.substring(DEVICE.length()), profile)) {
          recent.put(entry.key, profile);
          changed.put(entry.key, profile);
          dropOldest();
        }
      }
    }
    if (n < atMost) {
      sweptTo = "";
    }
  }

  /** How many are in memory. */
  int size() {
    return recent.size();
  }

  private void forget(String key) {
    store.delete(key);
    recent.remove(key);
    changed.remove(key);
  }

  private void dropOldest() {
    if (recent.size() <= most) {
      return;
    }
    Iterator<Map.Entry<String, Profile>> all = recent.entrySet().iterator();
    Map.Entry<String, Profile> oldest = all.next();
    Profile unwritten = changed.remove(oldest.getKey());
    if (unwritten != null) {
      store.put(oldest.getKey(), unwritten.toBytes());
    }
    all.remove();
  }
}
