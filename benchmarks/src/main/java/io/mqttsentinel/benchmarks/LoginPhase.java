package io.mqttsentinel.benchmarks;

/**
 * Connects at a fixed rate, and what the edge counted meanwhile.
 *
 * @param edge what it counted in this time
 */
record LoginPhase(String name, LoginTally.Result logins, MetricsPage edge, Meter.Reading use) {

  private static final String DECISIONS = "sentinel_edge_auth_latency_seconds";

  /** The edge's own time for decisions from its cache ({@code hit}) or not ({@code miss}). */
  MetricsPage.Buckets decisions(String cache) {
    return decisions(edge, cache);
  }

  static MetricsPage.Buckets decisions(MetricsPage edge, String cache) {
    return edge.buckets(DECISIONS, series -> series.has("cache", cache));
  }
}
