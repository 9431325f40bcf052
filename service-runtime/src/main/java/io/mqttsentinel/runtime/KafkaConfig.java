package io.mqttsentinel.runtime;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.core.convert.format.MapFormat;
import io.mqttsentinel.schemas.TopicLayout;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The Kafka cluster.
 *
 * @param bootstrapServers one or more {@code host:port}, separated by commas
 * @param partitions of every topic that is joined; cannot change once a cluster has state
 * @param lanes the largest number of edges in a region
 * @param replicationFactor of every topic; with 3 or more, two replicas must have a record before
 *     it counts
 * @param clearedRetention how long cleared messages stay readable
 * @param properties handed to every Kafka client as they are: {@code security.protocol}, {@code
 *     sasl.jaas.config}, …
 */
@ConfigurationProperties("sentinel.kafka")
public record KafkaConfig(
    @Bindable(defaultValue = "localhost:9092") String bootstrapServers,
    @Bindable(defaultValue = "12") int partitions,
    @Bindable(defaultValue = "64") int lanes,
    @Bindable(defaultValue = "3") int replicationFactor,
    @Bindable(defaultValue = "72h") Duration clearedRetention,
    @MapFormat(transformation = MapFormat.MapTransformation.FLAT) @Bindable(defaultValue = "")
        Map<String, String> properties) {

  public KafkaConfig {
    ConfigCheck.notBlank("sentinel.kafka.bootstrap-servers", bootstrapServers);
    ConfigCheck.atLeast("sentinel.kafka.partitions", partitions, 1);
    ConfigCheck.atLeast("sentinel.kafka.lanes", lanes, 1);
    ConfigCheck.atLeast("sentinel.kafka.replication-factor", replicationFactor, 1);
    ConfigCheck.positive("sentinel.kafka.cleared-retention", clearedRetention);
    properties = properties == null ? Map.of() : Map.copyOf(properties);
  }

  /** What every Kafka client needs. */
  public Map<String, Object> client() {
    Map<String, Object> client = new HashMap<>(properties);
    client.put("bootstrap.servers", bootstrapServers);
    return client;
  }

  public TopicLayout layout() {
    return new TopicLayout(partitions, lanes, (short) replicationFactor, clearedRetention);
  }
}
