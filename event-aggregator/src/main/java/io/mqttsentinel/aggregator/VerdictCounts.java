package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.Action;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What this instance decides; written by the stream threads, taken away once a second. */
@Singleton
final class VerdictCounts {

  private final Map<Action, LongAdder> verdicts = new EnumMap<>(Action.class);
  private final Recorder latency = LatencyHistogram.recorder();

  VerdictCounts() {
    for (Action action : Action.values()) {
      verdicts.put(action, new LongAdder());
    }
  }

  void decided(Action action, Instant acceptedAt, Instant now) {
    verdicts.get(action).increment();
    latency.recordValue(LatencyHistogram.micros(Duration.between(acceptedAt, now)));
  }

  /** The verdicts since the last call. */
  Map<Action, Long> takeVerdicts() {
    Map<Action, Long> taken = new EnumMap<>(Action.class);
    verdicts.forEach((action, count) -> taken.put(action, count.sumThenReset()));
    return taken;
  }

  /** The times from accepted to decided since the last call. */
  Histogram takeLatency() {
    return latency.getIntervalHistogram();
  }
}
