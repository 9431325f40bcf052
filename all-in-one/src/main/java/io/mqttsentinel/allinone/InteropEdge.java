package io.mqttsentinel.allinone;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A second edge without authentication, for other people's interoperability suites. On loopback
 * only, whatever the first edge listens on, and on the last lane.
 */
final class InteropEdge {

  private static final String REFUSED_FILTER = "test/nosubscribe";

  private static final int LONGEST = 65_535; // a UTF-8 string of MQTT (1.5.4)

  private InteropEdge() {}

  /** Its port may be 0 for any free one. */
  static ServiceGroup start(AllInOne laptop, int port) throws InterruptedException {
    Map<String, Object> p = new LinkedHashMap<>();
    p.put("sentinel.edge.host", "127.0.0.1");
    p.put("sentinel.edge.tcp-port", port);
    p.put("sentinel.edge.websocket-port", -1);
    p.put("sentinel.edge.lane", AllInOne.LANES - 1);
    p.put("sentinel.edge.jdbc.url", AllInOne.NONE);
    p.put("sentinel.edge.anonymous.enabled", true);
    p.put("sentinel.edge.anonymous.no-subscribe", List.of(REFUSED_FILTER));
    p.put("sentinel.edge.longest-keep-alive", "60s");
    p.put("sentinel.edge.topic-alias-maximum", 10);
    p.put("sentinel.edge.abuse.ban-for", "0s"); // suites connect the same client over and over
    // What the standard allows, where the edge of a fleet is stricter; 200 slashes as most brokers.
    p.put("sentinel.edge.max-client-id-length", LONGEST);
    p.put("sentinel.edge.any-client-id", true);
    p.put("sentinel.edge.max-topic-length", LONGEST);
    p.put("sentinel.edge.max-topic-levels", 201);
    return laptop.startServices("interop", Set.of("edge-broker"), p);
  }

  /**
   * Suites send large and random payloads in bursts to see whether they arrive: still inspected,
   * but size and pace alone keep nothing back.
   */
  static AllInOneOptions tolerant(AllInOneOptions options) {
    return options
        .withProperty("sentinel.anomaly-detector.payload-limit", 1 << 20)
        .withProperty("sentinel.anomaly-detector.rate-limit", 1_000_000);
  }

  static List<String> warning(int port) {
    return List.of(
        "  ############################################################################",
        "  # OPEN: 127.0.0.1:%d takes every client without a password and lets it".formatted(port),
        "  # publish and subscribe to everything but %s. For test suites only."
            .formatted(REFUSED_FILTER),
        "  ############################################################################",
        "");
  }
}
