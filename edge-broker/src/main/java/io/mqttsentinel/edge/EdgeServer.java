package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One edge at work: starts and stops its parts in a visible order. */
public final class EdgeServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EdgeServer.class);

  /** Connections that are told to go at a time, when the edge stops. */
  private static final int BATCH = 500;

  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(50);

  /** Kafka missed so many heartbeats: the edge is not ready. */
  private static final int MISSED_HEARTBEATS = 5;

  private final EdgeConfig config;
  private final EdgeIdentity identity;
  private final Uplink uplink;
  private final DownlinkReader downlink;
  private final MoquetteServer moquette;
  private final Connections connections;
  private final CloseFlow closing;
  private final EdgeEvents events;
  private final ScheduledExecutorService housekeeping;
  private final EdgeFlows flows;
  private volatile boolean listening;

  EdgeServer(
      EdgeConfig config,
      EdgeIdentity identity,
      Uplink uplink,
      DownlinkReader downlink,
      MoquetteServer moquette,
      Connections connections,
      EdgeEvents events,
      ScheduledExecutorService housekeeping,
      EdgeFlows flows) {
    this.config = config;
    this.identity = identity;
    this.uplink = uplink;
    this.downlink = downlink;
    this.moquette = moquette;
    this.connections = connections;
    this.closing = flows.closing();
    this.events = events;
    this.housekeeping = housekeeping;
    this.flows = flows;
  }

  /** Listens last, when everything that a connection needs is there. */
  EdgeServer start() {
    try {
      uplink.start();
      downlink.start();
      events.started();
      long pause = config.heartbeat().toMillis();
      var _ =
          housekeeping.scheduleAtFixedRate(events::heartbeat, pause, pause, TimeUnit.MILLISECONDS);
      moquette.start(channel -> EdgePipeline.complete(channel, flows, config.maxMessageBytes()));
      listening = true;
      LOG.info(
          "{} in {} listens: MQTT on port {}, WebSocket on port {} (-1: off), lane {}",
          identity.edge(),
          identity.region(),
          tcpPort(),
          websocketPort(),
          identity.lane());
      return this;
    } catch (RuntimeException e) {
      stopParts();
      throw e;
    }
  }

  /** The port that MQTT clients connect to; -1 where it is off. */
  public int tcpPort() {
    return moquette.tcpPort();
  }

  /** The port for MQTT over WebSocket; -1 where it is off. */
  public int websocketPort() {
    return moquette.websocketPort();
  }

  /** The edge's name in records. */
  public String name() {
    return identity.edge();
  }

  /** Clients that are let in. */
  public int connections() {
    return connections.count();
  }

  /** What keeps this edge from its work, or null. */
  @Nullable
  String trouble() {
    if (!listening) {
      return "does not listen";
    }
    Duration patience = config.heartbeat().multipliedBy(MISSED_HEARTBEATS);
    return events.kafkaAnsweredWithin(patience)
        ? null
        : "Kafka has taken no heartbeat for " + patience;
  }

  /** Lets everybody go, then what they left behind, then the machinery. */
  @Override
  public void close() {
    listening = false;
    LOG.info("{} stops with {} clients", identity.edge(), connections.count());
    moquette.stopListening();
    disconnectAll();
    events.stopped();
    moquette.stop();
    stopParts();
  }

  private void disconnectAll() {
    List<Connection> all = new ArrayList<>(connections.all());
    for (int i = 0; i < all.size(); i++) {
      Connection connection = all.get(i);
      connection.execute(() -> closing.close(connection, Closure.SHUTDOWN));
      if (i % BATCH == BATCH - 1) {
        LockSupport.parkNanos(BETWEEN_BATCHES.toNanos());
      }
    }
    long end = System.nanoTime() + config.stopTimeout().toNanos();
    while (!connections.all().isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(BETWEEN_BATCHES.toNanos());
    }
    if (!connections.all().isEmpty()) {
      LOG.warn("{} connections did not end in time", connections.all().size());
    }
  }

  private void stopParts() {
    housekeeping.shutdownNow();
    downlink.close(config.stopTimeout());
    uplink.close(config.stopTimeout());
  }
}
