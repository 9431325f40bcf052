package io.mqttsentinel.bridge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.mqttsentinel.runtime.ServiceMetrics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** The bridge's meters. */
final class BridgeMetrics {

  private final MeterRegistry registry;
  private final Counter received;
  private final Timer forwarded;
  private final AtomicInteger connected = new AtomicInteger();
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  BridgeMetrics(MeterRegistry registry) {
    this.registry = registry;
    received =
        Counter.builder("sentinel.bridge.received")
            .description("Messages that came from the origin, repeated ones included")
            .register(registry);
    forwarded =
        ServiceMetrics.latency(
            registry,
            "sentinel.bridge.forward",
            "From the origin's message to Kafka's acknowledgement");
    Gauge.builder("sentinel.bridge.connected", connected, AtomicInteger::get)
        .description("1 while the origin's messages flow")
        .register(registry);
  }

  void watch(InFlight inFlight) {
    IntSupplier count = inFlight::count;
    Gauge.builder("sentinel.bridge.in.flight", count, IntSupplier::getAsInt)
        .description("Messages with QoS 1 that Kafka does not have yet")
        .strongReference(true)
        .register(registry);
  }

  void received() {
    received.increment();
  }

  void forwarded(Duration took) {
    forwarded.record(took);
  }

  /** A message that went to the dead letters, by a short stable word. */
  void refused(String cause) {
    count("sentinel.bridge.refused", "Messages that went to the dead letters", "cause", cause);
  }

  /** A message with QoS 0 for which there was no room. */
  void dropped() {
    count("sentinel.bridge.dropped", "Messages with QoS 0 without room", "qos", "0");
  }

  void kafkaFailed() {
    count("sentinel.bridge.kafka.failures", "Records that Kafka refused", "topic", "mqtt.inbound");
  }

  /** An attempt to connect and subscribe, with its outcome. */
  void connect(boolean success) {
    count(
        "sentinel.bridge.connects",
        "Attempts to connect to the origin",
        "outcome",
        success ? "success" : "failure");
  }

  /** A connection that ended against our will. */
  void lost(boolean takenOver) {
    count(
        "sentinel.bridge.connections.lost",
        "Connections to the origin that ended unasked",
        "cause",
        takenOver ? "taken_over" : "lost");
  }

  void connected(boolean now) {
    connected.set(now ? 1 : 0);
  }

  private void count(String name, String description, String tag, String value) {
    counters
        .computeIfAbsent(
            name + value,
            key ->
                Counter.builder(name).description(description).tag(tag, value).register(registry))
        .increment();
  }
}
