package io.mqttsentinel.anomaly;

/** Shannon entropy: how many bits each byte carries, given how often each value occurs. */
final class Entropy {

  private static final double LN_2 = Math.log(2);

  private Entropy() {}

  /** In bits per byte, 0 to 8. */
  static double of(byte[] bytes, int from, int to) {
    int[] counts = new int[256];
    for (int i = from; i < to; i++) {
      counts[bytes[i] & 0xff]++;
    }
    int length = to - from;
    double sum = 0;
    for (int count : counts) {
      if (count > 1) {
        sum += count * Math.log(count);
      }
    }
    return length == 0 ? 0 : (Math.log(length) - sum / length) / LN_2;
  }
}
