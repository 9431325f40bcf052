package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices edges that are gone: those whose heartbeats lie in this partition of edge.events. Silence
 * is not measured by a clock, which goes on while Kafka or this instance stands still. It is
 * measured by heartbeats of our own in the same partition, one at a time: each that is read proves
 * that Kafka took records there, and that everything an edge had written before was read.
 */
final class EdgeWatch {

  static final Duration BEAT = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(EdgeWatch.class);
  private static final String OWN_BEAT = "heartbeat of fanout-delivery";

  private final int partition;
  private final String region;
  private final int patience;
  private final KeyValueStore<String, EdgeEvent> store;
  private final Outbox outbox;
  private final Commits commits;
  private final Runnable askForCommit;
  private final FanoutMetrics metrics;
  private final Clock clock;
  private final Map<String, EdgeEvent> edges = new HashMap<>();
  private final Map<String, Integer> silence = new HashMap<>(); // own beats since the edge's last
  private long beat;
  private boolean underWay;

  EdgeWatch(
      int partition,
      String region,
      Duration patience,
      KeyValueStore<String, EdgeEvent> store,
      Outbox outbox,
      Commits commits,
      Runnable askForCommit,
      FanoutMetrics metrics,
      Clock clock) {
    this.partition = partition;
    this.region = region;
    // The first may follow upon the edge's last heartbeat at once.
    this.patience = 1 + (int) Math.ceilDiv(patience.toMillis(), BEAT.toMillis());
    this.store = store;
    this.outbox = outbox;
    this.commits = commits;
    this.askForCommit = askForCommit;
    this.metrics = metrics;
    this.clock = clock;
    this.beat = clock.millis();
    try (KeyValueIterator<String, EdgeEvent> known = store.all()) {
      known.forEachRemaining(entry -> edges.put(entry.key, entry.value));
    }
  }

  /** A record of edge.events. */
  void read(EdgeEvent event) {
    if (event.getDetail().equals(OWN_BEAT)) {
      if (event.getBootId() == beat) {
        underWay = false;
        countSilence();
      }
      return;
    }
    if (!event.getRegion().equals(region)) {
      return;
    }
    EdgeEvent known = edges.get(event.getEdge());
    if (known != null && known.getBootId() > event.getBootId()) {
      return; // of a life that is over
    }
    silence.put(event.getEdge(), 0);
    if (event.getType() == EdgeEventType.STOPPED) {
      over(event, event.getAt());
    } else if (known == null || known.getBootId() < event.getBootId()) {
      begins(event);
    }
  }

  /** Writes the next heartbeat of our own if the last one came back; to be called each second. */
  void beat() {
    if (!underWay && !edges.isEmpty()) {
      underWay = true;
      beat++;
      outbox.edgeEvent(
          EdgeEvent.newBuilder()
              .setAt(clock.instant())
              .setRegion(region)
              .setEdge(FanoutApplication.SERVICE)
              .setLane(partition)
              .setBootId(beat)
              .setType(EdgeEventType.UNKNOWN)
              .setDetail(OWN_BEAT)
              .build());
    }
  }

  private void countSilence() {
    for (EdgeEvent edge : List.copyOf(edges.values())) {
      if (silence.merge(edge.getEdge(), 1, Integer::sum) >= patience) {
        LOG.warn(
            "{} in lane {} gives no sign of life: its connections are over",
            edge.getEdge(),
            edge.getLane());
        metrics.edgesLost.increment();
        over(edge, clock.instant());
      }
    }
  }

  /** What an earlier life of the edge left is over. Known only when that was said for certain. */
  private void begins(EdgeEvent event) {
    EdgeEvent life = life(event, EdgeEventType.STARTED, event.getAt());
    edges.put(event.getEdge(), life);
    outbox.edgeOver(life);
    whenSafe(
        () -> {
          if (life.equals(edges.get(event.getEdge()))) {
            store.put(event.getEdge(), life);
          }
        });
  }

  /** Its next life may have begun before all tasks read of it, so they are told when this ended. */
  private void over(EdgeEvent event, Instant end) {
    edges.remove(event.getEdge());
    silence.remove(event.getEdge());
    outbox.edgeOver(life(event, EdgeEventType.STOPPED, end));
    whenSafe(
        () -> {
          if (!edges.containsKey(event.getEdge())) {
            store.delete(event.getEdge());
          }
        });
  }

  private static EdgeEvent life(EdgeEvent event, EdgeEventType type, Instant at) {
    return EdgeEvent.newBuilder()
        .setAt(at)
        .setRegion(event.getRegion())
        .setEdge(event.getEdge())
        .setLane(event.getLane())
        .setBootId(event.getBootId())
        .setType(type)
        .build();
  }

  private void whenSafe(Runnable then) {
    commits.whenSafe(then);
    askForCommit.run();
  }
}
