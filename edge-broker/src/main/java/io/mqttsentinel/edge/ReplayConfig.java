package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;

/**
 * Subscriptions to what was: {@code $replay/{since}/{topic filter}}.
 *
 * @param maxConcurrent replays at a time, each with a thread and a Kafka consumer; more are refused
 *     with 0x97; 0: none at all
 * @param stallLimit how long a client may leave a replay unread before it is given up
 */
@ConfigurationProperties("sentinel.edge.replay")
record ReplayConfig(
    @Bindable(defaultValue = "4") int maxConcurrent,
    @Bindable(defaultValue = "30s") Duration stallLimit) {

  ReplayConfig {
    ConfigCheck.between("sentinel.edge.replay.max-concurrent", maxConcurrent, 0, 1000);
    ConfigCheck.positive("sentinel.edge.replay.stall-limit", stallLimit);
  }
}
