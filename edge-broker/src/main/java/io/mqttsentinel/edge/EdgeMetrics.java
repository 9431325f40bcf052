package io.mqttsentinel.edge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.runtime.ServiceMetrics;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** The meters of an edge. */
final class EdgeMetrics {

  private final MeterRegistry registry;
  private final Counter[] publishes;
  private final Counter delivered;
  private final Counter droppedSlow;
  private final Counter tooLarge;
  private final Counter expired;
  private final Counter repeated;
  private final Timer uplinkLatency;
  private final Timer deliveryLatency;

  EdgeMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.publishes = new Counter[] {publishes(0), publishes(1), publishes(2)};
    this.delivered = deliveries("written");
    this.droppedSlow = deliveries("dropped_slow_reader");
    this.tooLarge = deliveries("too_large");
    this.expired = deliveries("expired");
    this.repeated = deliveries("repeated_by_owner");
    this.uplinkLatency =
        ServiceMetrics.latency(
            registry,
            "sentinel.edge.uplink.latency",
            "From accepting a publish to Kafka's acknowledgement");
    this.deliveryLatency =
        ServiceMetrics.latency(
            registry,
            "sentinel.delivery.latency",
            "From accepting a message to writing it to a subscriber");
  }

  MeterRegistry registry() {
    return registry;
  }

  void connect(String outcome) {
    Counter.builder("sentinel.edge.connects")
        .description("CONNECTs by outcome")
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  void refused(String reason) {
    Counter.builder("sentinel.edge.refused")
        .description("What the edge refused, by reason")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }

  void lostRecord(String topic) {
    Counter.builder("sentinel.edge.records.lost")
        .description("Events and audit records that found no place or that Kafka did not take")
        .tag("topic", topic)
        .register(registry)
        .increment();
  }

  void unreadable(String topic) {
    Counter.builder("sentinel.edge.records.unreadable")
        .description("Bans and revocations that could not be read and have no effect")
        .tag("topic", topic)
        .register(registry)
        .increment();
  }

  void limited(LimitTier tier, String action) {
    Counter.builder("sentinel.edge.limited")
        .description("Packets beyond a limit, by what was done with them")
        .tag("tier", tier.name().toLowerCase(Locale.ROOT))
        .tag("action", action)
        .register(registry)
        .increment();
  }

  void banned(String reason) {
    Counter.builder("sentinel.edge.bans.made")
        .description("Bans that this edge decided on")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }

  void published(int qos) {
    publishes[qos].increment();
  }

  void uplinked(long tookNanos) {
    uplinkLatency.record(Duration.ofNanos(tookNanos));
  }

  void delivered(Duration age) {
    delivered.increment();
    deliveryLatency.record(age);
  }

  void droppedForSlowReader() {
    droppedSlow.increment();
  }

  void tooLarge() {
    tooLarge.increment();
  }

  void expired() {
    expired.increment();
  }

  void repeated() {
    repeated.increment();
  }

  void authenticated(AuthCache.Answer answer, Duration took) {
    String authenticator = answer.outcome().authenticator();
    ServiceMetrics.shortLatency(
            registry,
            "sentinel.edge.auth.latency",
            "Time of authentication decisions",
            "authenticator",
            authenticator.isEmpty() ? "none" : authenticator,
            "cache",
            answer.source().name().toLowerCase(Locale.ROOT),
            "outcome",
            outcome(answer.outcome()))
        .record(took);
  }

  private static String outcome(AuthenticatorChain.Outcome outcome) {
    if (outcome.decision() instanceof AuthDecision.Allow) {
      return "allow";
    }
    return outcome.failed() ? "failure" : "deny";
  }

  void breaker(GuardedAuthenticator authenticator) {
    Gauge.builder("sentinel.edge.auth.breaker", authenticator, GuardedAuthenticator::breakerState)
        .description("Whether an authenticator's backend is asked: 0 yes, 1 tried again, 2 no")
        .tag("authenticator", authenticator.name())
        .register(registry);
  }

  void topicAsked(String backend, @Nullable Boolean allowed, @Nullable Throwable failure) {
    Counter.builder("sentinel.edge.topics.asked")
        .description("Questions to a backend whether a client may use a topic, by outcome")
        .tag("backend", backend)
        .tag("outcome", failure != null ? "failure" : allowed ? "allow" : "deny")
        .register(registry)
        .increment();
  }

  void tlsHandshake(String outcome) {
    Counter.builder("sentinel.edge.tls.handshakes")
        .description("TLS handshakes by outcome")
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  void certificatesReloaded(String outcome) {
    Counter.builder("sentinel.edge.tls.reloads")
        .description("Changed certificate files: taken over, or failed and the old ones stay")
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  void certificateExpiry(String host, Supplier<Number> days) {
    Gauge.builder("sentinel.edge.tls.certificate.expiry.days", days)
        .description("Days until the certificate of a host expires; negative where it has")
        .tag("host", host)
        .register(registry);
  }

  void replay(String outcome) {
    Counter.builder("sentinel.edge.replays")
        .description("Replays that ended, by outcome")
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  private Counter publishes(int qos) {
    return Counter.builder("sentinel.edge.publishes")
        .description("Publishes handed to Kafka")
        .tag("qos", Integer.toString(qos))
        .register(registry);
  }

  private Counter deliveries(String outcome) {
    return Counter.builder("sentinel.edge.deliveries")
        .description("Deliveries to clients by outcome")
        .tag("outcome", outcome)
        .register(registry);
  }
}
