package io.mqttsentinel.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.mqttsentinel.schemas.Action;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** The meters that every stage has, named once. */
@Singleton
public final class ServiceMetrics {

  private static final Duration[] SHORT_LATENCIES =
      micros(
          50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000,
          7_500, 10_000, 15_000, 20_000, 30_000, 50_000, 75_000, 100_000, 250_000, 500_000,
          1_000_000, 2_500_000, 5_000_000);

  private final MeterRegistry registry;

  public ServiceMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  public MeterRegistry registry() {
    return registry;
  }

  /** The meters of one stage, to be made once and kept. */
  public Stage stage(String name) {
    return new Stage(registry, name);
  }

  void deadLetter(String topic) {
    Counter.builder("sentinel.dead.letters")
        .description("Records that could not be read")
        .tag("topic", topic)
        .register(registry)
        .increment();
  }

  /** A histogram with the percentiles that the promises are about. */
  public static Timer latency(
      MeterRegistry registry, String name, String description, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(
            Duration.ofMillis(1),
            Duration.ofMillis(2),
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(20),
            Duration.ofMillis(30),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5))
        .register(registry);
  }

  /**
   * The same for what is done within a millisecond more often than not: percentiles are known to
   * within a third of their value from 50 us to 100 ms.
   */
  public static Timer shortLatency(
      MeterRegistry registry, String name, String description, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(SHORT_LATENCIES)
        .register(registry);
  }

  private static Duration[] micros(long... micros) {
    return Arrays.stream(micros)
        .mapToObj(each -> Duration.of(each, ChronoUnit.MICROS))
        .toArray(Duration[]::new);
  }

  /** Counts messages by the strongest action so far, and times the stage. */
  public static final class Stage {

    private final Map<Action, Counter> messages = new EnumMap<>(Action.class);
    private final Timer work;
    private final Timer sinceAccepted;

    Stage(MeterRegistry registry, String name) {
      for (Action action : Action.values()) {
        messages.put(
            action,
            Counter.builder("sentinel.stage.messages")
                .description("Messages by the strongest action that this stage asked for")
                .tags("stage", name, "action", action.name().toLowerCase(java.util.Locale.ROOT))
                .register(registry));
      }
      work =
          latency(
              registry, "sentinel.stage.work", "Time that the stage itself took", "stage", name);
      sinceAccepted =
          latency(
              registry,
              "sentinel.stage.age",
              "Time since the message was accepted when the stage handed it on",
              "stage",
              name);
    }

    public void handedOn(Action action, Duration took, Instant acceptedAt, Instant now) {
      messages.get(action).increment();
      work.record(took);
      sinceAccepted.record(Duration.between(acceptedAt, now));
    }
  }
}
