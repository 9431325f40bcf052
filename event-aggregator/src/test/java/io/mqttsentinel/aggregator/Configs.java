package io.mqttsentinel.aggregator;

import java.time.Duration;

/** The defaults, without a context. */
final class Configs {

  private Configs() {}

  static EventAggregatorConfig with() {
    return new EventAggregatorConfig(
        Duration.ofSeconds(60),
        10,
        2000,
        20,
        true,
        1000,
        Duration.ofHours(1),
        Duration.ofSeconds(60),
        100,
        256,
        100);
  }
}
