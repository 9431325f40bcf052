package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatencyTest {

  @Test
  void percentilesAreMilliseconds() {
    Histogram histogram = Latency.histogram();
    for (int millis = 1; millis <= 1_000; millis++) {
      Latency.record(histogram, TimeUnit.MILLISECONDS.toNanos(millis));
    }
    Latency latency = Latency.of(histogram);
    assertEquals(1_000, latency.count());
    assertEquals(500, latency.p50(), 1);
    assertEquals(950, latency.p95(), 1);
    assertEquals(990, latency.p99(), 1);
    assertEquals(999, latency.p999(), 1);
    assertEquals(1_000, latency.max(), 1);
  }

  @Test
  void clocksThatDisagreeCountAsZeroAndEndlessWaitsAsAnHour() {
    Histogram histogram = Latency.histogram();
    Latency.record(histogram, -5_000);
    Latency.record(histogram, TimeUnit.DAYS.toNanos(1));
    assertEquals(0, Latency.of(histogram).p50());
    assertEquals(3_600_000, Latency.of(histogram).max(), 4_000);
  }

  @Test
  void nothingIsZero() {
    assertEquals(new Latency(0, 0, 0, 0, 0, 0), Latency.of(Latency.histogram()));
  }
}
