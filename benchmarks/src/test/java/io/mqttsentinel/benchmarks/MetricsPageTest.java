package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class MetricsPageTest {

  private static final String TIMER = "auth_seconds";

  private static final MetricsPage BEFORE =
      MetricsPage.parse(
          """
          # TYPE auth_seconds histogram
          auth_seconds_bucket{cache="hit",le="0.001"} 10.0
          auth_seconds_bucket{cache="hit",le="0.01"} 10.0
          auth_seconds_bucket{cache="hit",le="+Inf"} 10.0
          refused_total{reason="banned"} 5.0
          """);

  private static final MetricsPage AFTER =
      MetricsPage.parse(
          """
          auth_seconds_bucket{cache="hit",le="0.001"} 100.0
          auth_seconds_bucket{cache="hit",le="0.01"} 109.0
          auth_seconds_bucket{cache="hit",le="+Inf"} 110.0
          auth_seconds_bucket{cache="miss",le="0.001"} 0.0
          auth_seconds_bucket{cache="miss",le="0.01"} 1.0
          auth_seconds_bucket{cache="miss",le="+Inf"} 1.0
          refused_total{reason="banned"} 5.0
          refused_total{reason="a \\"quoted\\" one",edge="e"} 3
          gauge NaN
          """);

  private static final MetricsPage BETWEEN = AFTER.minus(BEFORE);

  @Test
  void countsBetweenTwoLooksOnly() {
    assertEquals(Map.of("a \\\"quoted\\\" one", 3L), BETWEEN.by("refused_total", "reason"));
    assertEquals(8, AFTER.sum("refused_total", series -> true));
    assertEquals(5, AFTER.sum("refused_total", series -> series.has("reason", "banned")));
  }

  @Test
  void percentileIsTheUpperBoundOfItsBucket() {
    MetricsPage.Buckets hits = BETWEEN.buckets(TIMER, series -> series.has("cache", "hit"));
    assertEquals(100, hits.count());
    assertEquals(1, hits.atMostMillis(50));
    assertEquals(1, hits.atMostMillis(90));
    assertEquals(10, hits.atMostMillis(91));
    assertEquals(10, hits.atMostMillis(99));
    assertTrue(Double.isInfinite(hits.atMostMillis(99.9)));
  }

  @Test
  void seriesAddUp() {
    MetricsPage.Buckets all = BETWEEN.buckets(TIMER, series -> true);
    assertEquals(101, all.count());
  }

  @Test
  void nothingIsZero() {
    MetricsPage.Buckets none = BETWEEN.buckets("other", series -> true);
    assertEquals(0, none.count());
    assertEquals(0, none.atMostMillis(99));
  }
}
