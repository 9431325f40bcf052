package io.mqttsentinel.aggregator;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * What the page shows of all instances together.
 *
 * @param instances of event-aggregator that reported within the last seconds
 * @param decided from accepted at the edge to the verdict, all messages
 * @param delivered from accepted at the edge to handed to the subscriber's edge, a sample of the
 *     region's deliveries
 * @param latest the last second that is complete
 */
@Serdeable
@JsonInclude(JsonInclude.Include.ALWAYS)
record StatsView(
    String at,
    int instances,
    Verdicts verdicts,
    Rates rates,
    Latency decided,
    Latency delivered,
    Point latest) {

  @Serdeable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Verdicts(long seconds, long allow, long flag, long quarantine, long block, long total) {}

  /** Messages a second, as means over a time in seconds. */
  @Serdeable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Rates(
      int seconds, double allow, double flag, double quarantine, double block, double total) {}

  /**
   * Milliseconds; null where nothing was measured.
   *
   * @param waited measured, but so old that the message waited for its client or for a repair: not
   *     part of the percentiles
   */
  @Serdeable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Latency(
      long seconds,
      long count,
      long waited,
      @Nullable Double p50Millis,
      @Nullable Double p99Millis,
      @Nullable Double maxMillis) {

    static final Duration WAITED = Duration.ofSeconds(30);

    static Latency of(Duration window, Histogram all) {
      Histogram within = LatencyHistogram.growing();
      long limit = TimeUnit.NANOSECONDS.toMicros(WAITED.toNanos());
      for (HistogramIterationValue value : all.recordedValues()) {
        if (value.getValueIteratedTo() <= limit) {
          within.recordValueWithCount(
              value.getValueIteratedTo(), value.getCountAddedInThisIterationStep());
        }
      }
      return new Latency(
          window.toSeconds(),
          within.getTotalCount(),
          all.getTotalCount() - within.getTotalCount(),
          millis(within, 50),
          millis(within, 99),
          millis(within, 100));
    }
  }

  /** Messages by verdict and time from accepted to decided, within one second. */
  @Serdeable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Point(
      long epochSecond,
      long allow,
      long flag,
      long quarantine,
      long block,
      @Nullable Double p50Millis,
      @Nullable Double p99Millis) {}

  @Nullable
  static Double millis(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0
        ? null
        : histogram.getValueAtPercentile(percentile) / 1000.0;
  }
}
