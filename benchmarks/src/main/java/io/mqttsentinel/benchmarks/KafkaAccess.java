package io.mqttsentinel.benchmarks;

import java.util.Map;
import java.util.Optional;

/**
 * The Kafka of the system under test.
 *
 * @param registryUrl where the schemas of its records are, if the pipeline's records can be read
 * @param partitions of the yardstick's topic: as many as the pipeline's own topics have
 */
record KafkaAccess(
    String bootstrapServers,
    Optional<String> registryUrl,
    String region,
    int partitions,
    short replicationFactor) {

  Map<String, Object> client() {
    return Map.of("bootstrap.servers", bootstrapServers);
  }
}
