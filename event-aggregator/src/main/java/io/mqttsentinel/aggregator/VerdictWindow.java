package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.VerdictStats;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all instances decided, second by second, over a sliding time. It is put together from what
 * each instance says of itself once a second: exact, because counts and histograms can be added up,
 * and as cheap at a million messages a second as at one.
 */
final class VerdictWindow {

  private static final Logger LOG = LoggerFactory.getLogger(VerdictWindow.class);

  /** Rates are means over this time, and leave out the last second, which is still coming in. */
  private static final int RATE_SECONDS = 10;

  private static final int SETTLED_AFTER_SECONDS = 2;
  private static final Duration HEARD = Duration.ofSeconds(5);

  private final Duration history;
  private final Duration latencyWindow;
  private final Clock clock;
  private final NavigableMap<Long, Second> seconds = new TreeMap<>();
  private final Map<String, Instant> heard = new HashMap<>();

  VerdictWindow(Duration history, Duration latencyWindow, Clock clock) {
    this.history = history;
    this.latencyWindow = latencyWindow;
    this.clock = clock;
  }

  /** Takes what an instance says; what has been taken before is left out. */
  synchronized void add(VerdictStats stats) {
    String from = stats.getInstance() + '/' + stats.getBootId();
    Instant before = heard.get(from);
    if (before != null && !stats.getAt().isAfter(before)) {
      return;
    }
    heard.put(from, stats.getAt());
    long second = nearestSecond(stats.getAt());
    long now = clock.instant().getEpochSecond();
    if (second <= now - history.toSeconds()) {
      return;
    }
    Second slot = seconds.computeIfAbsent(second, s -> new Second());
    stats.getVerdicts().forEach((action, count) -> slot.count(action, count));
    if (second > now - latencyWindow.toSeconds() - RATE_SECONDS) {
      addLatency(slot, stats);
    }
    forget(now);
  }

  synchronized StatsView view() {
    Instant at = clock.instant();
    long now = at.getEpochSecond();
    forget(now);
    Counts all = counts(seconds.values());
    Counts recent = counts(seconds.subMap(now - RATE_SECONDS, true, now - 1, true).values());
    Histogram decided = LatencyHistogram.empty();
    Histogram delivered = LatencyHistogram.empty();
    for (Second second : seconds.tailMap(now - latencyWindow.toSeconds(), false).values()) {
      second.addTo(decided, delivered);
    }
    return new StatsView(
        at.toString(),
        (int) heard.values().stream().filter(h -> h.isAfter(at.minus(HEARD))).count(),
        new StatsView.Verdicts(
            history.toSeconds(), all.allow, all.flag, all.quarantine, all.block, all.total()),
        new StatsView.Rates(
            RATE_SECONDS,
            perSecond(recent.allow),
            perSecond(recent.flag),
            perSecond(recent.quarantine),
            perSecond(recent.block),
            perSecond(recent.total())),
        StatsView.Latency.of(latencyWindow, decided),
        StatsView.Latency.of(latencyWindow, delivered),
        point(now - SETTLED_AFTER_SECONDS));
  }

  /** One point for each second, oldest first, up to the last second that is complete. */
  synchronized List<StatsView.Point> points(int count) {
    long last = clock.instant().getEpochSecond() - SETTLED_AFTER_SECONDS;
    return LongStream.rangeClosed(last - count + 1, last).mapToObj(this::point).toList();
  }

  private StatsView.Point point(long second) {
    Second slot = seconds.get(second);
    if (slot == null) {
      return new StatsView.Point(second, 0, 0, 0, 0, null, null);
    }
    Counts counts = counts(List.of(slot));
    return new StatsView.Point(
        second,
        counts.allow,
        counts.flag,
        counts.quarantine,
        counts.block,
        slot.percentile(50),
        slot.percentile(99));
  }

  private void forget(long now) {
    seconds.headMap(now - history.toSeconds(), true).clear();
    // Their counts stay for the whole history, their histograms are too large for that.
    seconds
        .headMap(now - latencyWindow.toSeconds() - RATE_SECONDS, true)
        .values()
        .forEach(Second::seal);
    Instant longAgo = Instant.ofEpochSecond(now).minus(history);
    heard.values().removeIf(h -> h.isBefore(longAgo));
  }

  private static void addLatency(Second slot, VerdictStats stats) {
    try {
      slot.decided.add(LatencyHistogram.decode(stats.getDecidedLatency()));
      slot.delivered.add(LatencyHistogram.decode(stats.getDeliveredLatency()));
    } catch (DataFormatException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      LOG.warn("Latencies of {} are left out: {}", stats.getInstance(), e.toString());
    }
  }

  /** Instances report on whole seconds, a little early or late. */
  private static long nearestSecond(Instant at) {
    return at.plusMillis(500).getEpochSecond();
  }

  private static double perSecond(long count) {
    return Math.round(count * 10.0 / RATE_SECONDS) / 10.0;
  }

  private static Counts counts(Iterable<Second> seconds) {
    Counts counts = new Counts();
    seconds.forEach(second -> counts.add(second.counts));
    return counts;
  }

  private static final class Counts {
    private long allow;
    private long flag;
    private long quarantine;
    private long block;

    long total() {
      return allow + flag + quarantine + block;
    }

    void add(Counts other) {
      allow += other.allow;
      flag += other.flag;
      quarantine += other.quarantine;
      block += other.block;
    }

    void add(Action action, long count) {
      switch (action) {
        case ALLOW -> allow += count;
        case FLAG -> flag += count;
        case QUARANTINE -> quarantine += count;
        case BLOCK -> block += count;
      }
    }
  }

  private static final class Second {
    private final Counts counts = new Counts();
    private Histogram decided = LatencyHistogram.growing();
    private Histogram delivered = LatencyHistogram.growing();
    private Double p50;
    private Double p99;

    void count(String action, long count) {
      counts.add(Action.valueOf(action), count);
    }

    void addTo(Histogram allDecided, Histogram allDelivered) {
      if (decided != null) {
        allDecided.add(decided);
        allDelivered.add(delivered);
      }
    }

    Double percentile(double percentile) {
      if (decided == null) {
        return percentile == 50 ? p50 : p99;
      }
      return StatsView.millis(decided, percentile);
    }

    void seal() {
      if (decided != null) {
        p50 = StatsView.millis(decided, 50);
        p99 = StatsView.millis(decided, 99);
        decided = null;
        delivered = null;
      }
    }
  }
}
