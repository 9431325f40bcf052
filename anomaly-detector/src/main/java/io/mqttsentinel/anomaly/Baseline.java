package io.mqttsentinel.anomaly;

import java.nio.ByteBuffer;

/**
 * Mean and variance of what one client usually does, newer values weighing more (EWMA; T. Finch,
 * "Incremental calculation of weighted mean and variance", 2009). The first values weigh alike.
 */
final class Baseline {

  static final int SIZE = 2 * Short.BYTES + 1;

  /** As many values as one byte counts; more than any baseline has to have. */
  static final int COUNTED = 255;

  private static final int MEMORY = 64;

  private final int memory;
  private float mean;
  private float variance;
  private int count;

  Baseline() {
    this(MEMORY);
  }

  /**
   * @param memory how many values the mean goes back, 255 at most where it is stored
   */
  Baseline(int memory) {
    this.memory = memory;
  }

  /**
   * @param most how far from the mean a value may pull: an outlier teaches no more than the largest
   *     ordinary value
   */
  void learn(double value, double most) {
    if (count == 0) {
      mean = (float) value;
    } else {
      float weight = 1f / Math.min(count + 1, memory);
      float from = (float) Math.clamp(value - mean, -most, most);
      mean += weight * from;
      variance = (1 - weight) * (variance + weight * from * from);
    }
    count = Math.min(count + 1, COUNTED);
  }

  /** While there is no baseline yet. */
  void learn(double value) {
    learn(value, Double.MAX_VALUE);
  }

  boolean isKnown(int least) {
    return count >= least;
  }

  double mean() {
    return mean;
  }

  double deviation() {
    return Math.sqrt(variance);
  }

  int count() {
    return count;
  }

  /** The mean as if it had been learned. */
  void assume(double value, int values) {
    mean = (float) value;
    count = Math.min(values, COUNTED);
  }

  /** Half precision: three decimal digits. */
  void write(ByteBuffer out) {
    out.putShort(Float.floatToFloat16(mean));
    out.putShort(Float.floatToFloat16(variance));
    out.put((byte) count);
  }

  void read(ByteBuffer in) {
    mean = Float.float16ToFloat(in.getShort());
    variance = Float.float16ToFloat(in.getShort());
    count = in.get() & 0xff;
  }
}
