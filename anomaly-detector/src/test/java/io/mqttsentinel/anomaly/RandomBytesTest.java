package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomBytesTest {

  @ParameterizedTest // measured with a generator of random bytes
  @CsvSource({
    "64, 5.764, 0.073",
    "128, 6.551, 0.068",
    "256, 7.176, 0.052",
    "512, 7.590, 0.034",
    "1024, 7.808, 0.017"
  })
  void agreesWithMeasurement(int length, double entropy, double deviation) {
    assertEquals(entropy, RandomBytes.entropy(length), 0.006);
    assertEquals(deviation, RandomBytes.deviation(length), 0.005);
  }

  @Property
  void risesWithTheLengthAndStaysBelowEight(@ForAll @IntRange(min = 17, max = 2_000_000) int n) {
    assertTrue(RandomBytes.entropy(n) >= RandomBytes.entropy(n - 1));
    assertTrue(RandomBytes.entropy(n) < 8);
    assertTrue(RandomBytes.deviation(n) > 0);
  }

  @Property(tries = 300)
  void predictsWhatIsMeasured(
      @ForAll @IntRange(min = 32, max = 20_000) int length, @ForAll long seed) {
    double measured = Entropy.of(Samples.random(length, seed), 0, length);
    assertEquals(RandomBytes.entropy(length), measured, 7 * RandomBytes.deviation(length));
  }
}
