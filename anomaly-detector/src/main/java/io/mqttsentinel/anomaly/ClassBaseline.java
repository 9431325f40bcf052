package io.mqttsentinel.anomaly;

import java.nio.ByteBuffer;

/** What is usual for clients of one class: stands in while a client's own baseline is missing. */
final class ClassBaseline {

  private static final byte VERSION = 1;
  private static final int MEMORY = 255;
  private static final int LEAST = 200;
  private static final int SIZE = 1 + 3 * Baseline.SIZE + Short.BYTES + 1;

  private final Baseline size = new Baseline(MEMORY);
  private final Baseline entropy = new Baseline(MEMORY);
  private final Baseline publishes = new Baseline(MEMORY);
  private float randomShare;
  private int clients;

  /** Enough messages of enough clients: one of them alone makes no class. */
  boolean isKnown(BaselineConfig config) {
    return clients >= config.classClients() && size.isKnown(LEAST);
  }

  void clientCame() {
    clients = Math.min(clients + 1, MEMORY);
  }

  void learnRandom(boolean random) {
    randomShare += ((random ? 1 : 0) - randomShare) / Math.min(size.count() + 1, MEMORY);
  }

  Baseline size() {
    return size;
  }

  Baseline entropy() {
    return entropy;
  }

  Baseline publishes() {
    return publishes;
  }

  float randomShare() {
    return randomShare;
  }

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(SIZE).put(VERSION);
    size.write(out);
    entropy.write(out);
    publishes.write(out);
    return out.putShort(Float.floatToFloat16(randomShare)).put((byte) clients).array();
  }

  static ClassBaseline fromBytes(byte[] bytes) {
    ClassBaseline read = new ClassBaseline();
    if (bytes == null || bytes.length != SIZE || bytes[0] != VERSION) {
      return read;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 1, SIZE - 1);
    read.size.read(in);
    read.entropy.read(in);
    read.publishes.read(in);
    read.randomShare = Float.float16ToFloat(in.getShort());
    read.clients = in.get() & 0xff;
    return read;
  }
}
