package io.mqttsentinel.aggregator;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Latencies in microseconds, up to an hour, two digits exact: histograms that can be added up. */
final class LatencyHistogram {

  private static final long LONGEST = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 2;

  private LatencyHistogram() {}

  static Histogram empty() {
    return new Histogram(LONGEST, DIGITS);
  }

  /** Small until a long latency comes. */
  static Histogram growing() {
    return new Histogram(DIGITS);
  }

  static Recorder recorder() {
    return new Recorder(LONGEST, DIGITS);
  }

  /** Within what a histogram takes; clocks of two machines may even disagree on the order. */
  static long micros(Duration latency) {
    return Math.clamp(TimeUnit.NANOSECONDS.toMicros(latency.toNanos()), 0, LONGEST);
  }

  static ByteBuffer encode(Histogram histogram) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    histogram.encodeIntoCompressedByteBuffer(bytes);
    return bytes.flip();
  }

  /**
   * @throws DataFormatException if the bytes are no histogram
   */
  static Histogram decode(ByteBuffer bytes) throws DataFormatException {
    return bytes.hasRemaining()
        ? Histogram.decodeFromCompressedByteBuffer(bytes.duplicate(), LONGEST)
        : empty();
  }
}
