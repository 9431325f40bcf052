package io.mqttsentinel.aggregator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.SecurityEvent;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What the aggregator counts. */
@Singleton
final class AggregatorMetrics {

  private final MeterRegistry registry;
  private final ServiceMetrics.Stage stage;
  private final Map<Action, Counter> verdicts = new EnumMap<>(Action.class);
  private final Counter failures;
  private final Counter repeats;
  private final Counter bansExpired;
  private final Counter bansRestored;

  AggregatorMetrics(ServiceMetrics metrics) {
    this.registry = metrics.registry();
    this.stage = metrics.stage(EventAggregatorApplication.SERVICE);
    for (Action action : Action.values()) {
      verdicts.put(
          action,
          Counter.builder("sentinel.verdicts")
              .description("Messages by verdict")
              .tag("action", lower(action))
              .register(registry));
    }
    failures =
        Counter.builder("sentinel.verdict.failures")
            .description("Messages that were quarantined because judging them failed")
            .register(registry);
    repeats =
        Counter.builder("sentinel.security.event.repeats")
            .description("Refusals that were counted instead of reported one by one")
            .register(registry);
    bansExpired =
        Counter.builder("sentinel.bans.expired")
            .description("Tombstones for bans whose time is over")
            .register(registry);
    bansRestored =
        Counter.builder("sentinel.bans.restored")
            .description("Bans that were renewed while their tombstone was on its way")
            .register(registry);
  }

  MeterRegistry registry() {
    return registry;
  }

  void decided(Action action, Duration took, Instant acceptedAt, Instant now) {
    verdicts.get(action).increment();
    stage.handedOn(action, took, acceptedAt, now);
  }

  void judgingFailed() {
    failures.increment();
  }

  void banExpired() {
    bansExpired.increment();
  }

  void banRestored() {
    bansRestored.increment();
  }

  void repeated() {
    repeats.increment();
  }

  Counter unreadable(String topic) {
    return Counter.builder("sentinel.live.unreadable")
        .description("Records that the live view could not read")
        .tag("topic", topic)
        .register(registry);
  }

  Counter droppedListeners() {
    return Counter.builder("sentinel.live.dropped")
        .description("Browsers that did not keep up with the live stream")
        .register(registry);
  }

  void reported(SecurityEvent event) {
    Counter.builder("sentinel.security.events")
        .description("Security events")
        .tags("layer", lower(event.getLayer()))
        .tags("severity", lower(event.getSeverity()))
        .tags("action", lower(event.getAction()))
        .register(registry)
        .increment();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
