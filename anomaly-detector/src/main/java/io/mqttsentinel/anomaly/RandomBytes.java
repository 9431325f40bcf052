package io.mqttsentinel.anomaly;

/**
 * The Shannon entropy that one measures in n bytes drawn at random. It is far below 8 bits where n
 * is not much larger than 256: with 64 bytes no more than 64 values can occur.
 *
 * <p>With X the number of times one value occurs, entropy = log2 n − (1/n) Σ X log2 X over all 256
 * values. X is taken as Poisson with mean λ = n/256, and the sum is corrected for the counts adding
 * up to n: mean 256·E[f], variance 256·(Var f − Cov(f, X)²/λ), f = X log2 X.
 */
final class RandomBytes {

  private static final int VALUES = 256;
  private static final int STEPS_PER_OCTAVE = 4;
  private static final int LEAST = 16;
  private static final int MOST = 1 << 20;
  private static final double LN_2 = Math.log(2);
  private static final double[] MEAN;
  private static final double[] DEVIATION;

  static {
    int steps = (int) Math.round(position(MOST)) + 2;
    MEAN = new double[steps];
    DEVIATION = new double[steps];
    for (int i = 0; i < steps; i++) {
      compute(i, LEAST * Math.pow(2, (double) i / STEPS_PER_OCTAVE));
    }
  }

  private RandomBytes() {}

  /** Expected entropy in bits per byte of {@code length} random bytes, 16 or more. */
  static double entropy(int length) {
    return between(MEAN, length);
  }

  /** Its standard deviation in bits per byte. */
  static double deviation(int length) {
    return between(DEVIATION, length);
  }

  private static void compute(int i, double n) {
    double lambda = n / VALUES;
    double spread = 12 * Math.sqrt(lambda) + 20;
    int from = (int) Math.max(0, lambda - spread);
    int to = (int) (lambda + spread);
    double f = 0;
    double ff = 0;
    double fx = 0;
    double logProbability = from * Math.log(lambda) - lambda - logFactorial(from);
    for (int x = from; x <= to; x++) {
      double p = Math.exp(logProbability);
      double value = x == 0 ? 0 : x * Math.log(x) / LN_2;
      f += p * value;
      ff += p * value * value;
      fx += p * value * x;
      logProbability += Math.log(lambda) - Math.log(x + 1.0);
    }
    double covariance = fx - f * lambda;
    double variance = VALUES * (ff - f * f - covariance * covariance / lambda);
    MEAN[i] = Math.log(n) / LN_2 - VALUES * f / n;
    DEVIATION[i] = Math.sqrt(Math.max(0, variance)) / n;
  }

  private static double logFactorial(int x) {
    double sum = 0;
    for (int i = 2; i <= x; i++) {
      sum += Math.log(i);
    }
    return sum;
  }

  private static double between(double[] table, int length) {
    double position = position(Math.clamp(length, LEAST, MOST));
    int i = (int) position;
    double part = position - i;
    return table[i] * (1 - part) + table[i + 1] * part;
  }

  private static double position(int length) {
    return STEPS_PER_OCTAVE * Math.log((double) length / LEAST) / LN_2;
  }
}
