package io.mqttsentinel.fanout;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * A store as a crash leaves it: what was committed is there, of what came later its changelog has a
 * beginning of any length.
 */
final class CrashingStore<K, V> implements KeyValueStore<K, V> {

  private final String name;
  private final Serde<K> keys;
  private final Serde<V> values;
  private final NavigableMap<Bytes, byte[]> content = new TreeMap<>();
  private final List<Runnable> undo = new ArrayList<>();

  CrashingStore(String name, Serde<K> keys, Serde<V> values) {
    this.name = name;
    this.keys = keys;
    this.values = values;
  }

  void commit() {
    undo.clear();
  }

  void crash(Random random) {
    int kept = random.nextInt(undo.size() + 1);
    while (undo.size() > kept) {
      undo.removeLast().run();
    }
    undo.clear();
  }

  void clear() {
    content.clear();
    undo.clear();
  }

  /** The value of a key that is text. */
  V getByName(String key) {
    return value(content.get(Bytes.wrap(key.getBytes(StandardCharsets.UTF_8))));
  }

  @Override
  public void put(K key, V value) {
    Bytes raw = raw(key);
    byte[] before = content.get(raw);
    undo.add(() -> set(raw, before));
    set(raw, value == null ? null : values.serializer().serialize(name, value));
  }

  @Override
  public V delete(K key) {
    V before = get(key);
    put(key, null);
    return before;
  }

  @Override
  public V get(K key) {
    return value(content.get(raw(key)));
  }

  @Override
  public KeyValueIterator<K, V> range(K from, K to) {
    NavigableMap<Bytes, byte[]> found = from == null ? content : content.tailMap(raw(from), true);
    return walk(to == null ? found : found.headMap(raw(to), true));
  }

  @Override
  public KeyValueIterator<K, V> all() {
    return walk(content);
  }

  @Override
  public <S extends Serializer<P>, P> KeyValueIterator<K, V> prefixScan(P prefix, S serializer) {
    byte[] from = serializer.serialize(name, prefix);
    byte[] to = from.clone();
    to[to.length - 1]++; // no prefix here ends with 0xFF
    return walk(content.subMap(Bytes.wrap(from), true, Bytes.wrap(to), false));
  }

  @Override
  public V putIfAbsent(K key, V value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void putAll(List<KeyValue<K, V>> entries) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long approximateNumEntries() {
    return content.size();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    // Lives in memory.
  }

  @Override
  public void close() {
    // Outlives the task that uses it.
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  private void set(Bytes key, byte[] value) {
    if (value == null) {
      content.remove(key);
    } else {
      content.put(key, value);
    }
  }

  private Bytes raw(K key) {
    return Bytes.wrap(keys.serializer().serialize(name, key));
  }

  private V value(byte[] raw) {
    return raw == null ? null : values.deserializer().deserialize(name, raw);
  }

  /** Like RocksDB's, an iterator shows what was there when it was made. */
  private KeyValueIterator<K, V> walk(NavigableMap<Bytes, byte[]> part) {
    Iterator<KeyValue<K, V>> entries =
        new TreeMap<>(part)
            .entrySet().stream()
                .map(
                    e ->
                        KeyValue.pair(
                            keys.deserializer().deserialize(name, e.getKey().get()),
                            value(e.getValue())))
                .toList()
                .iterator();
    return new KeyValueIterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public KeyValue<K, V> next() {
        return entries.next();
      }

      @Override
      public K peekNextKey() {
        throw new UnsupportedOperationException();
      }

      @Override
      public void close() {
        // Nothing is held.
      }
    };
  }
}
