package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** The life of this edge and what it refused. A heartbeat that Kafka took proves Kafka is there. */
final class EdgeEvents {

  private static final int RECORD_SIZE = 256;
  private static final int LONGEST_NAME = 256;
  private static final int BUCKETS = 1 << 14;

  /** Of one kind from one source: metrics count them all. */
  private static final Rate REPEATS = Rate.of(0.2, Duration.ofSeconds(5));

  private final Uplink uplink;
  private final EdgeIdentity identity;
  private final EdgeMetrics metrics;
  private final Clock clock;
  private final IntSupplier connections;
  private final LongSupplier nanos;
  private final SharedBuckets repeats = new SharedBuckets(REPEATS, BUCKETS);
  private final AtomicBoolean heartbeatUnderWay = new AtomicBoolean();
  private boolean over; // guarded by this
  private volatile Instant lastAcknowledged = Instant.EPOCH;

  EdgeEvents(
      Uplink uplink,
      EdgeIdentity identity,
      EdgeMetrics metrics,
      Clock clock,
      IntSupplier connections,
      LongSupplier nanos) {
    this.uplink = uplink;
    this.identity = identity;
    this.metrics = metrics;
    this.clock = clock;
    this.connections = connections;
    this.nanos = nanos;
  }

  void started() {
    life(EdgeEventType.STARTED);
  }

  /**
   * Overtakes what waits for Kafka: an edge with much to send is slow, but not lost. One at a time:
   * while Kafka is away they do not pile up.
   */
  synchronized void heartbeat() {
    if (over) {
      return; // it would count as alive again, and then as lost
    }
    if (heartbeatUnderWay.compareAndSet(false, true)) {
      uplink.submitFirst(
          Topics.EDGE_EVENTS,
          identity.edge(),
          ofLife(EdgeEventType.HEARTBEAT),
          RECORD_SIZE,
          failure -> {
            heartbeatUnderWay.set(false);
            acknowledged(failure);
          });
    }
  }

  synchronized void stopped() {
    over = true;
    life(EdgeEventType.STOPPED);
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

  /** Nobody looked at its CONNECT; told of one source every few seconds. */
  void turnedAway(Connection connection, String detail) {
    if (isNews(connection.remoteAddress(), detail)) {
      refusal(EdgeEventType.CONNECTION_REFUSED, connection, detail);
    }
  }

  /** The same before there is a connection. */
  void turnedAway(String remoteAddress, String detail) {
    if (isNews(remoteAddress, detail)) {
      offer(EdgeEventType.CONNECTION_REFUSED, remoteAddress, detail);
    }
  }

  private boolean isNews(String remoteAddress, String detail) {
    long source = 31 * PeerAddress.key(remoteAddress) + detail.hashCode();
    return repeats.take(source, nanos.getAsLong()) == 0;
  }

  /** Somebody is beyond a limit; told of one source every few seconds. */
  void limited(Connection connection, LimitTier tier, long nowNanos) {
    abuse(connection, tier.word(), nowNanos);
  }

  /** The same for what is too many in another way. */
  void abuse(Connection connection, String detail, long nowNanos) {
    String client = connection.knownClientId();
    long source =
        client == null
            ? PeerAddress.key(connection.remoteAddress())
            : 31L * client.hashCode() + detail.hashCode();
    if (repeats.take(31 * source + detail.hashCode(), nowNanos) == 0) {
      refusal(EdgeEventType.RATE_LIMITED, connection, detail);
    }
  }

  /** The same of who has no connection. */
  void abuse(String remoteAddress, String detail) {
    if (isNews(remoteAddress, detail)) {
      offer(EdgeEventType.RATE_LIMITED, remoteAddress, detail);
    }
  }

  private void refusal(EdgeEventType type, Connection connection, String detail) {
    offer(
        event(type)
            .setClientId(bounded(connection.knownClientId()))
            .setUsername(
                connection.client() == null ? null : bounded(connection.client().username()))
            .setRemoteAddress(connection.remoteAddress())
            .setDetail(detail)
            .build());
  }

  private void offer(EdgeEventType type, String remoteAddress, String detail) {
    offer(event(type).setRemoteAddress(remoteAddress).setDetail(detail).build());
  }

  /** May be lost, and is counted then: nobody shall fill our memory by being refused. */
  private void offer(EdgeEvent event) {
    boolean taken =
        uplink.offer(Topics.EDGE_EVENTS, identity.edge(), event, 2 * RECORD_SIZE, this::countLost);
    if (!taken) {
      metrics.lostRecord(Topics.EDGE_EVENTS.name());
    }
  }

  private void life(EdgeEventType type) {
    uplink.submit(
        Topics.EDGE_EVENTS, identity.edge(), ofLife(type), RECORD_SIZE, this::acknowledged);
  }

  private EdgeEvent ofLife(EdgeEventType type) {
    return event(type).setConnections(connections.getAsInt()).build();
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

  /** As much of a name as goes into a record about it. */
  @Nullable
  static String bounded(@Nullable String name) {
    if (name == null || name.length() <= LONGEST_NAME) {
      return name;
    }
    boolean pair = Character.isHighSurrogate(name.charAt(LONGEST_NAME - 1));
    return name.substring(0, pair ? LONGEST_NAME - 1 : LONGEST_NAME);
  }
}
