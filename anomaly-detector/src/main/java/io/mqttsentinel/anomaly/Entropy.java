package io.mqttsentinel.anomaly;

/** Shannon entropy: how many bits each byte carries, given how often each value occurs. */
final class Entropy {

  private static final double LN_2 = Math.log(2);

  /** n · log2 n: the logarithm is what the measurement would spend its time on. */
  private static final double[] WEIGHTS = new double[1024];

  static {
    for (int n = 2; n < WEIGHTS.length; n++) {
      WEIGHTS[n] = weight(n);
    }
  }

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
      sum += count < WEIGHTS.length ? WEIGHTS[count] : weight(count);
    }
    return length == 0 ? 0 : Math.log(length) / LN_2 - sum / length;
  }

  private static double weight(int n) {
    return n * Math.log(n) / LN_2;
  }
}
