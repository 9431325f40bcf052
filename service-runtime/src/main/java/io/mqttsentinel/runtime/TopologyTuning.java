package io.mqttsentinel.runtime;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * How topologies run. The defaults are made for latency.
 *
 * @param threads stream threads of each topology; more than the partitions are of no use
 * @param stateDirectory a disk of its own for each process
 * @param standbyReplicas copies of the state on other instances, for a takeover in seconds
 * @param commitInterval how much work is done again after a crash; each commit makes the thread
 *     wait for all that it sent. Where somebody waits for a commit, the service asks for one at
 *     once
 * @param linger how long a producer between stages waits for company; Kafka Streams' own default of
 *     100 ms would rule the latency of the whole pipeline
 * @param compression {@code none}, {@code lz4}, {@code zstd}, {@code snappy} or {@code gzip}.
 *     Batches between stages hold few records: compressing them costs more time and garbage than
 *     the disk that it saves is worth, except where disks are scarce
 * @param sessionTimeout after which a silent instance loses its partitions
 * @param heartbeatInterval at most a third of the session timeout
 * @param storeMemory bytes of native memory for all state stores of the process together
 */
@ConfigurationProperties("sentinel.streams")
public record TopologyTuning(
    @Bindable(defaultValue = "1") int threads,
    @Bindable(defaultValue = "data/state") String stateDirectory,
    @Bindable(defaultValue = "0") int standbyReplicas,
    @Bindable(defaultValue = "1s") Duration commitInterval,
    @Bindable(defaultValue = "1ms") Duration linger,
    @Bindable(defaultValue = "none") String compression,
    @Bindable(defaultValue = "6s") Duration sessionTimeout,
    @Bindable(defaultValue = "1s") Duration heartbeatInterval,
    @Bindable(defaultValue = "67108864") long storeMemory) {

  private static final long LEAST_STORE_MEMORY = 8L << 20;

  private static final Set<String> COMPRESSIONS = Set.of("none", "lz4", "zstd", "snappy", "gzip");

  public TopologyTuning {
    ConfigCheck.atLeast("sentinel.streams.threads", threads, 1);
    ConfigCheck.notBlank("sentinel.streams.state-directory", stateDirectory);
    ConfigCheck.atLeast("sentinel.streams.standby-replicas", standbyReplicas, 0);
    ConfigCheck.positive("sentinel.streams.commit-interval", commitInterval);
    ConfigCheck.atLeast("sentinel.streams.linger", linger.toMillis(), 0);
    ConfigCheck.require(
        COMPRESSIONS.contains(compression),
        "sentinel.streams.compression",
        compression,
        "one of " + COMPRESSIONS);
    ConfigCheck.positive("sentinel.streams.session-timeout", sessionTimeout);
    ConfigCheck.require(
        heartbeatInterval.multipliedBy(3).compareTo(sessionTimeout) <= 0,
        "sentinel.streams.heartbeat-interval",
        heartbeatInterval,
        "at most a third of sentinel.streams.session-timeout (" + sessionTimeout + ")");
    ConfigCheck.atLeast("sentinel.streams.store-memory", storeMemory, LEAST_STORE_MEMORY);
  }

  Properties properties(String applicationId, KafkaConfig kafka, String instance) {
    Map<String, Object> p = new HashMap<>(kafka.client());
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    p.put(StreamsConfig.CLIENT_ID_CONFIG, applicationId + "-" + instance);
    p.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory);
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbyReplicas);
    p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, kafka.replicationFactor());
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());
    p.put(StreamsConfig.POLL_MS_CONFIG, 100L);
    // No input waits for another one: topics have no common order here, and waiting costs a third
    // of the time of a task with several inputs.
    p.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
    p.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreMemory.Setter.class);
    p.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
    p.put(DeadLetterHandler.SERVICE_CONFIG, applicationId);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), linger.toMillis());
    p.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
    p.put(StreamsConfig.producerPrefix(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG), true);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), compression);
    p.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) sessionTimeout.toMillis());
    p.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        (int) heartbeatInterval.toMillis());
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    Properties properties = new Properties();
    properties.putAll(p);
    return properties;
  }
}
