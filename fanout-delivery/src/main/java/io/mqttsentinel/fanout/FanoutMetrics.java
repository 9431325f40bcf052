package io.mqttsentinel.fanout;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.DeliveryOutcome;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The meters of this service; the gauges add up over the partitions of the process. */
@Singleton
final class FanoutMetrics {

  private final MeterRegistry registry;
  private final AtomicLong sessions;
  private final AtomicLong connected;
  private final AtomicLong subscriptions;
  private final Map<DeliveryOutcome, Counter> finished = new EnumMap<>(DeliveryOutcome.class);

  final ServiceMetrics.Stage stage;
  final Counter opened;
  final Counter fenced;
  final Counter staleEvents;
  final Counter routed;
  final Counter unrouted;
  final Counter duplicates;
  final Counter deliveries;
  final Counter repeated;
  final Counter queued;
  final Counter overflow;
  final Counter expired;
  final Counter withoutSession;
  final Counter handedOn;
  final Counter rejected;
  final Counter withoutVerdict;
  final Counter retained;
  final Counter retainedSent;
  final Counter wills;
  final Counter edgesLost;
  final Counter connectionsLost;

  FanoutMetrics(ServiceMetrics metrics) {
    registry = metrics.registry();
    stage = metrics.stage(FanoutApplication.SERVICE);
    sessions = gauge("sessions", "Sessions, connected or kept");
    connected = gauge("sessions.connected", "Sessions with a connection");
    subscriptions = gauge("subscriptions", "Topic filters of all sessions");
    opened = counter("sessions.opened", "Connections that got a session");
    fenced = counter("sessions.fenced", "Connections that lost their session to another");
    staleEvents =
        counter("events.stale", "Session events and acknowledgements of lost connections");
    routed = counter("routed", "Messages that had a subscriber");
    unrouted = counter("unrouted", "Messages without any subscriber");
    duplicates = counter("duplicates", "Messages dropped because they were seen before");
    deliveries = counter("deliveries", "Deliveries handed to an edge, one for each session");
    repeated = counter("deliveries.repeated", "Deliveries handed to an edge once more");
    queued = counter("queued", "Messages of QoS 1 and 2 put into a session's queue");
    overflow = counter("overflow", "Messages dropped because a session's queue was full");
    expired = counter("expired", "Messages dropped because they expired before they went out");
    withoutSession = counter("without.session", "Messages for a session that has ended");
    handedOn = counter("handed.on", "Shared messages of ended sessions that go to another member");
    rejected = counter("events.rejected", "Records that make no sense, such as an unknown lane");
    withoutVerdict =
        counter("without.verdict", "Records of messages.cleared that no verdict let pass");
    retained = counter("retained", "Messages kept as the retained message of their topic");
    retainedSent = counter("retained.sent", "Retained messages sent to new subscriptions");
    wills = counter("wills", "Wills published");
    edgesLost = counter("edges.lost", "Edges that gave no sign of life any more");
    connectionsLost = counter("connections.lost", "Connections closed because their edge is over");
    for (DeliveryOutcome outcome : DeliveryOutcome.values()) {
      finished.put(
          outcome,
          Counter.builder(name("finished"))
              .description("Messages that left a queue, by what the client or its edge said")
              .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
  }

  void finished(DeliveryOutcome outcome) {
    finished.get(outcome).increment();
  }

  /** The part of one partition in the gauges. */
  Share share() {
    return new Share();
  }

  private AtomicLong gauge(String name, String description) {
    AtomicLong value = new AtomicLong();
    Gauge.builder(name(name), value, AtomicLong::doubleValue)
        .description(description)
        .register(registry);
    return value;
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name(name)).description(description).register(registry);
  }

  private static String name(String name) {
    return "sentinel.fanout." + name;
  }

  /** Counts for one partition; taken back when the partition moves to another process. */
  final class Share implements AutoCloseable {
    private long sessionsHere;
    private long connectedHere;
    private long subscriptionsHere;

    void sessions(int change) {
      sessionsHere += change;
      sessions.addAndGet(change);
    }

    void connected(int change) {
      connectedHere += change;
      connected.addAndGet(change);
    }

    void subscriptions(int change) {
      subscriptionsHere += change;
      subscriptions.addAndGet(change);
    }

    @Override
    public void close() {
      sessions.addAndGet(-sessionsHere);
      connected.addAndGet(-connectedHere);
      subscriptions.addAndGet(-subscriptionsHere);
    }
  }
}
