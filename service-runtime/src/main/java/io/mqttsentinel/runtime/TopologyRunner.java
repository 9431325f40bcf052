package io.mqttsentinel.runtime;

import io.mqttsentinel.schemas.AvroSerdes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.streams.Topology;

/** Runs a service's topology and knows all that run in this process. */
@Singleton
public final class TopologyRunner {

  private final KafkaConfig kafka;
  private final NodeConfig node;
  private final TopologyTuning tuning;
  private final AvroSerdes serdes;
  private final ServiceMetrics metrics;
  private final TopicCreation topics;
  private final StoreMemory storeMemory;
  private final List<RunningTopology> running = new CopyOnWriteArrayList<>();

  TopologyRunner(
      KafkaConfig kafka,
      NodeConfig node,
      TopologyTuning tuning,
      AvroSerdes serdes,
      ServiceMetrics metrics,
      TopicCreation topics) {
    this.kafka = kafka;
    this.node = node;
    this.tuning = tuning;
    this.serdes = serdes;
    this.metrics = metrics;
    this.topics = topics;
    this.storeMemory = new StoreMemory(tuning.storeMemory());
  }

  /**
   * Makes the topics that are missing and starts the topology under the service's name.
   *
   * @throws IllegalStateException if Kafka cannot be reached or its topics do not fit
   */
  public RunningTopology start(String service, Topology topology) {
    topics.ensure();
    Properties properties = tuning.properties(service, kafka, node.instance());
    properties.put(DeadLetterHandler.SERDES_CONFIG, serdes);
    properties.put(DeadLetterHandler.METRICS_CONFIG, metrics);
    properties.put(StoreMemory.CONFIG, storeMemory);
    RunningTopology started = new RunningTopology(service, topology, properties, metrics);
    running.add(started);
    started.start();
    return started;
  }

  List<RunningTopology> running() {
    return running;
  }
}
