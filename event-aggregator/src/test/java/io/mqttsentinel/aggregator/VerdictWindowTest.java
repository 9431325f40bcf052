package io.mqttsentinel.aggregator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mqttsentinel.schemas.VerdictStats;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class VerdictWindowTest {

  private static final Instant T0 = Instant.parse("2026-05-04T10:00:00Z");

  private final MovingClock clock = new MovingClock();
  private final VerdictWindow window =
      new VerdictWindow(Duration.ofMinutes(5), Duration.ofSeconds(60), clock);

  @Test
  void instancesAddUp() {
    window.add(stats("a", 1, T0, 90, 10, 5));
    window.add(stats("b", 1, T0, 10, 0, 300));
    clock.now = T0.plusSeconds(1);
    StatsView view = window.view();
    assertEquals(2, view.instances());
    assertEquals(100, view.verdicts().allow());
    assertEquals(10, view.verdicts().block());
    assertEquals(110, view.verdicts().total());
    assertEquals(11.0, view.rates().total(), "110 within ten seconds");
    assertEquals(110, view.decided().count());
    assertEquals(5, view.decided().p50Millis(), 0.05);
    assertEquals(300, view.decided().p99Millis(), 3);
  }

  @Test
  void whatWasReadBeforeDoesNotCountTwice() {
    window.add(stats("a", 1, T0, 5, 0, 5));
    window.add(stats("a", 1, T0.plusSeconds(1), 5, 0, 5));
    window.add(stats("a", 1, T0, 5, 0, 5));
    assertEquals(10, window.view().verdicts().allow());
    window.add(stats("a", 2, T0, 5, 0, 5));
    assertEquals(15, window.view().verdicts().allow(), "a new start of the instance is new");
  }

  @Test
  void reportsALittleEarlyBelongToTheSecondTheyAreNearest() {
    window.add(stats("a", 1, T0.minusMillis(3), 7, 0, 5));
    clock.now = T0.plusSeconds(2);
    assertEquals(7, window.view().latest().allow());
    assertEquals(T0.getEpochSecond(), window.view().latest().epochSecond());
  }

  @Test
  void timePasses() {
    window.add(stats("a", 1, T0, 10, 0, 5));
    clock.now = T0.plusSeconds(61);
    StatsView later = window.view();
    assertEquals(10, later.verdicts().allow());
    assertEquals(0, later.rates().total());
    assertEquals(0, later.decided().count());
    assertNull(later.decided().p50Millis());
    assertEquals(0, later.instances());
    clock.now = T0.plusSeconds(100);
    List<StatsView.Point> points = window.points(120);
    StatsView.Point sealed =
        points.stream()
            .filter(p -> p.epochSecond() == T0.getEpochSecond())
            .findFirst()
            .orElseThrow();
    assertEquals(5, sealed.p99Millis(), 0.05, "kept for the chart");
    assertEquals(120, points.size());
    clock.now = T0.plusSeconds(300);
    assertEquals(0, window.view().verdicts().total());
  }

  @Test
  void messagesThatWaitedAreCountedApart() {
    Histogram delivered = LatencyHistogram.empty();
    delivered.recordValueWithCount(20_000, 99);
    delivered.recordValueWithCount(Duration.ofMinutes(10).toNanos() / 1000, 9);
    VerdictStats stats = stats("a", 1, T0, 1, 0, 5);
    stats.setDeliveredLatency(LatencyHistogram.encode(delivered));
    window.add(stats);
    StatsView.Latency latency = window.view().delivered();
    assertEquals(99, latency.count());
    assertEquals(9, latency.waited());
    assertEquals(20, latency.p99Millis(), 0.2);
  }

  @Test
  void latenciesThatCannotBeReadLeaveTheCounts() {
    VerdictStats stats = stats("a", 1, T0, 4, 0, 5);
    stats.setDecidedLatency(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
    window.add(stats);
    assertEquals(4, window.view().verdicts().allow());
    assertEquals(0, window.view().decided().count());
  }

  private static VerdictStats stats(
      String instance, long bootId, Instant at, long allow, long block, long millis) {
    Histogram latency = LatencyHistogram.empty();
    latency.recordValueWithCount(millis * 1000, allow + block);
    return VerdictStats.newBuilder()
        .setAt(at)
        .setIntervalMicros(1_000_000)
        .setRegion("local")
        .setInstance(instance)
        .setBootId(bootId)
        .setVerdicts(Map.of("ALLOW", allow, "BLOCK", block))
        .setDecidedLatency(LatencyHistogram.encode(latency))
        .build();
  }

  private static final class MovingClock extends Clock {
    private Instant now = T0;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
