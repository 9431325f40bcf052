package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

/** The life of this edge and what it refused. A heartbeat that Kafka took proves Kafka is there. */
final class EdgeEvents {

  private static final int RECORD_SIZE = 256;
  private static final int LONGEST_NAME = 256;

  private final Uplink uplink;
  private final EdgeIdentity identity;
  private final EdgeMetrics metrics;
  private final Clock clock;
  private final IntSupplier connections;
  private final AtomicBoolean heartbeatUnderWay = new AtomicBoolean();
  private volatile Instant lastAcknowledged = Instant.EPOCH;

  EdgeEvents(
      Uplink uplink,
      EdgeIdentity identity,
      EdgeMetrics metrics,
      Clock clock,
      IntSupplier connections) {
    this.uplink = uplink;
    this.identity = identity;
    this.metrics = metrics;
    this.clock = clock;
    this.connections = connections;
  }

  void started() {
    life(EdgeEventType.STARTED, this::acknowledged);
  }

  /** One at a time: while Kafka is away they do not pile up. */
  void heartbeat() {
    if (heartbeatUnderWay.compareAndSet(false, true)) {
      life(
          EdgeEventType.HEARTBEAT,
          failure -> {
            heartbeatUnderWay.set(false);
            acknowledged(failure);
          });
    }
  }

  void stopped() {
    life(EdgeEventType.STOPPED, this::acknowledged);
  }

  boolean kafkaAnsweredWithin(Duration time) {
    return Duration.between(lastAcknowledged, clock.instant()).compareTo(time) <= 0;
  }

  void violation(Connection connection, String detail) {
    refusal(EdgeEventType.PROTOCOL_VIOLATION, connection, detail);
  }

  void connectionRefused(Connection connection, String detail) {
    refusal(EdgeEventType.CONNECTION_REFUSED, connection, detail);
  }

  /** May be lost, and is counted then: nobody shall fill our memory by being refused. */
  private void refusal(EdgeEventType type, Connection connection, String detail) {
    EdgeEvent event =
        event(type)
            .setClientId(bounded(connection.knownClientId()))
            .setUsername(connection.client() == null ? null : connection.client().username())
            .setRemoteAddress(connection.remoteAddress())
            .setDetail(detail)
            .build();
    boolean taken =
        uplink.offer(Topics.EDGE_EVENTS, identity.edge(), event, 2 * RECORD_SIZE, this::countLost);
    if (!taken) {
      metrics.lostRecord(Topics.EDGE_EVENTS.name());
    }
  }

  private void life(EdgeEventType type, Uplink.Completion completion) {
    EdgeEvent event = event(type).setConnections(connections.getAsInt()).build();
    uplink.submit(Topics.EDGE_EVENTS, identity.edge(), event, RECORD_SIZE, completion);
  }

  private void acknowledged(Exception failure) {
    if (failure == null) {
      lastAcknowledged = clock.instant();
    } else {
      countLost(failure);
    }
  }

  private void countLost(Exception failure) {
    if (failure != null) {
      metrics.lostRecord(Topics.EDGE_EVENTS.name());
    }
  }

  private EdgeEvent.Builder event(EdgeEventType type) {
    return EdgeEvent.newBuilder()
        .setAt(clock.instant())
        .setRegion(identity.region())
        .setEdge(identity.edge())
        .setLane(identity.lane())
        .setBootId(identity.bootId())
        .setType(type);
  }

  private static String bounded(String name) {
    return name == null || name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
  }
}
