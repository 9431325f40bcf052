package io.mqttsentinel.bridge;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.NodeConfig;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopicCreation;
import io.mqttsentinel.schemas.AvroSerdes;
import java.time.Clock;
import java.util.random.RandomGenerator;

/** Puts the bridge together and starts it. */
@Factory
final class BridgeFactory {

  @Context
  @Bean(preDestroy = "close")
  Bridge bridge(
      BridgeConfig config,
      KafkaConfig kafka,
      NodeConfig node,
      AvroSerdes serdes,
      ServiceMetrics serviceMetrics,
      TopicCreation topics,
      Clock clock) {
    topics.ensure();
    OriginOptions options = new OriginOptions(config, OriginTls.context(config));
    BridgeMetrics metrics = new BridgeMetrics(serviceMetrics.registry());
    Uplink uplink = Uplink.open(kafka, serdes, config, node.instance());
    OriginEnvelope envelope =
        new OriginEnvelope(clock.instant(), node.region(), node.instance(), config.address());
    Intake intake = new Intake(config, envelope, uplink, metrics, clock);
    Backoff backoff =
        new Backoff(
            config.reconnectFirst(), config.reconnectLongest(), RandomGenerator.getDefault());
    Bridge bridge = new Bridge(config, options, intake, uplink, metrics, backoff, clock);
    bridge.start();
    return bridge;
  }
}
