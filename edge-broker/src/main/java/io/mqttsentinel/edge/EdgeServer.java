package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One edge at work: starts and stops its parts in a visible order. */
public final class EdgeServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EdgeServer.class);

  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(50);
  private static final int BATCHES_PER_SECOND = 20;
  private static final int PURGE_SECONDS = 10;

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
  private final EdgePipeline pipeline;
  private final TlsCertificates certificates;
  private final ReplayFlow replays;
  private final AccessReader access;
  private final Bans bans;
  private final EndPace pace;
  private volatile boolean listening;
  private volatile boolean draining;

  EdgeServer(
      EdgeConfig config,
      EdgeIdentity identity,
      Uplink uplink,
      DownlinkReader downlink,
      MoquetteServer moquette,
      Connections connections,
      EdgeEvents events,
      ScheduledExecutorService housekeeping,
      EdgeFlows flows,
      EdgePipeline pipeline,
      @Nullable TlsCertificates certificates,
      ReplayFlow replays,
      AccessReader access,
      Bans bans,
      EndPace pace) {
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
    this.pipeline = pipeline;
    this.certificates = certificates;
    this.replays = replays;
    this.access = access;
    this.bans = bans;
    this.pace = pace;
  }

  /** Listens last, when everything that a connection needs is there. */
  EdgeServer start() {
    try {
      uplink.start();
      downlink.start();
      access.start(); // nobody who is banned may come in first
      events.started();
      long pause = config.heartbeat().toMillis();
      var _ =
          housekeeping.scheduleAtFixedRate(events::heartbeat, pause, pause, TimeUnit.MILLISECONDS);
      var _ =
          housekeeping.scheduleWithFixedDelay(
              bans::purge, PURGE_SECONDS, PURGE_SECONDS, TimeUnit.SECONDS);
      watchCertificates();
      moquette.start(channel -> pipeline.complete(channel, flows));
      listening = true;
      LOG.info(
          "{} in {} listens (-1: off): MQTT on port {}, WebSocket on port {}, TLS on port {},"
              + " WebSocket over TLS on port {}, lane {}",
          identity.edge(),
          identity.region(),
          tcpPort(),
          websocketPort(),
          tlsPort(),
          secureWebsocketPort(),
          identity.lane());
      return this;
    } catch (RuntimeException e) {
      stopParts();
      throw e;
    }
  }

  private void watchCertificates() {
    if (certificates == null) {
      return;
    }
    LOG.info("TLS by {}; certificates: {}", certificates.provider(), certificates.summary());
    long pause = certificates.reloadInterval().toMillis();
    var _ =
        housekeeping.scheduleWithFixedDelay(
            certificates::reload, pause, pause, TimeUnit.MILLISECONDS);
  }

  /** The port that MQTT clients connect to; -1 where it is off. */
  public int tcpPort() {
    return moquette.port(Listener.TCP);
  }

  /** The port for MQTT over WebSocket; -1 where it is off. */
  public int websocketPort() {
    return moquette.port(Listener.WEBSOCKET);
  }

  /** The port for MQTT over TLS; -1 where it is off. */
  public int tlsPort() {
    return moquette.port(Listener.TLS);
  }

  /** The port for MQTT over WebSocket over TLS; -1 where it is off. */
  public int secureWebsocketPort() {
    return moquette.port(Listener.SECURE_WEBSOCKET);
  }

  /** The edge's name in records. */
  public String name() {
    return identity.edge();
  }

  /** Clients that are let in. */
  public int connections() {
    return connections.count();
  }

  /** Null where it is not let in, or gone. */
  @Nullable
  Connection connection(long epoch) {
    return connections.find(epoch);
  }

  /** What keeps this edge from its work, or null. */
  @Nullable
  String trouble() {
    if (draining) {
      return "stops, and sends its clients away";
    }
    if (!listening) {
      return "does not listen";
    }
    Duration patience = config.heartbeat().multipliedBy(MISSED_HEARTBEATS);
    return events.kafkaAnsweredWithin(patience)
        ? null
        : "Kafka has taken no heartbeat for " + patience;
  }

  /**
   * Not ready from here on, but as it was for a while; then lets everybody go, then what they left
   * behind, then the machinery.
   */
  @Override
  public void close() {
    draining = true;
    LOG.info("{} stops with {} clients", identity.edge(), connections.count());
    pause(config.drainDelay());
    listening = false;
    moquette.stopListening();
    disconnectAll();
    events.stopped();
    moquette.stop();
    stopParts();
  }

  private void disconnectAll() {
    List<Connection> all = new ArrayList<>(connections.all());
    Closure farewell =
        config.serverReference() == null ? Closure.SHUTDOWN : Closure.USE_ANOTHER_SERVER;
    int batch = Math.max(1, config.drainRate() / BATCHES_PER_SECOND);
    for (int i = 0; i < all.size(); i++) {
      Connection connection = all.get(i);
      connection.execute(() -> closing.close(connection, farewell, config.serverReference()));
      if (i % batch == batch - 1) {
        pause(BETWEEN_BATCHES);
      }
    }
    long end = System.nanoTime() + config.stopTimeout().toNanos();
    while (!connections.all().isEmpty() && System.nanoTime() < end) {
      pause(BETWEEN_BATCHES);
    }
    if (!connections.all().isEmpty()) {
      LOG.warn("{} connections did not end in time", connections.all().size());
    }
  }

  /** Stopping goes on where somebody interrupts it, only faster. */
  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopParts() {
    pace.stop();
    housekeeping.shutdownNow();
    replays.close(config.stopTimeout());
    downlink.close(config.stopTimeout());
    access.close(config.stopTimeout());
    uplink.close(config.stopTimeout());
  }
}
