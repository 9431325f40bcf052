package io.mqttsentinel.anomaly;

import java.nio.ByteBuffer;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;

/**
 * The topics that a client publishes to: their hashes while they are few, then a HyperLogLog sketch
 * of 64 registers. A sketch never takes a known topic for a new one; of the new ones it notices
 * fewer the more topics there are (with 100 about every third, with 1000 one of twenty).
 */
final class KnownTopics {

  private static final int LOG_K = 6;
  private static final TgtHllType TYPE = TgtHllType.HLL_6;
  private static final int FEW = 16;
  private static final int SKETCH = 0xff;

  private int[] few = new int[2];
  private int count;
  private HllSketch many;

  /** Whether the topic is new. From now on it is not. */
  boolean add(String topic) {
    int hash = mix(topic.hashCode() * 31 + topic.length());
    if (many != null) {
      double before = many.getEstimate();
      many.update(hash);
      return many.getEstimate() != before;
    }
    for (int i = 0; i < count; i++) {
      if (few[i] == hash) {
        return false;
      }
    }
    if (count == FEW) {
      becomeMany();
      many.update(hash);
      return true;
    }
    if (count == few.length) {
      few = java.util.Arrays.copyOf(few, Math.min(FEW, 2 * count));
    }
    few[count++] = hash;
    return true;
  }

  /** How many there are, about. */
  long size() {
    return many == null ? count : Math.round(many.getEstimate());
  }

  void write(ByteBuffer out) {
    out.put((byte) (many == null ? count : SKETCH));
    if (many != null) {
      out.put(many.toCompactByteArray());
      return;
    }
    for (int i = 0; i < count; i++) {
      out.putInt(few[i]);
    }
  }

  /** The last part of a profile: a sketch takes what is left. */
  void read(ByteBuffer in) {
    int n = in.get() & 0xff;
    if (n == SKETCH) {
      byte[] sketch = new byte[in.remaining()];
      in.get(sketch);
      many = HllSketch.heapify(sketch);
      return;
    }
    count = n;
    few = new int[Math.max(2, n)];
    for (int i = 0; i < n; i++) {
      few[i] = in.getInt();
    }
  }

  private void becomeMany() {
    many = new HllSketch(LOG_K, TYPE);
    for (int i = 0; i < count; i++) {
      many.update(few[i]);
    }
    few = null;
  }

  /** The finalizer of MurmurHash3: every bit of the hash depends on every bit of the input. */
  private static int mix(int h) {
    h = (h ^ h >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return h ^ h >>> 16;
  }
}
