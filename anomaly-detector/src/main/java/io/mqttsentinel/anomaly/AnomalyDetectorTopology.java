package io.mqttsentinel.anomaly;

import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopicIo;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** One read, one processor with its store, one write. */
final class AnomalyDetectorTopology {

  private AnomalyDetectorTopology() {}

  static Topology build(
      AnomalyDetectorConfig config, AvroSerdes serdes, ServiceMetrics metrics, Clock clock) {
    return build(config, detectors(config), serdes, metrics, clock);
  }

  static Topology build(
      AnomalyDetectorConfig config,
      List<Detector> detectors,
      AvroSerdes serdes,
      ServiceMetrics metrics,
      Clock clock) {
    AnomalyMetrics meters = new AnomalyMetrics(metrics, detectors);
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(
            Topics.INSPECTED_PATTERN.name(),
            TopicIo.from(Topics.INSPECTED_PATTERN, serdes, "read-inspected-pattern"))
        .processValues(new DetectProcessors(config, detectors, meters, clock), Named.as("detect"))
        .to(
            Topics.INSPECTED_ANOMALY.name(),
            TopicIo.to(Topics.INSPECTED_ANOMALY, serdes, "write-inspected-anomaly"));
    return builder.build();
  }

  static List<Detector> detectors(AnomalyDetectorConfig config) {
    return List.of(
        new PayloadSizeDetector(config),
        new PayloadEntropyDetector(config),
        new PublishRateDetector(config));
  }

  /** One processor for each task, with its store. */
  private record DetectProcessors(
      AnomalyDetectorConfig config, List<Detector> detectors, AnomalyMetrics metrics, Clock clock)
      implements FixedKeyProcessorSupplier<String, InspectedMessage, InspectedMessage> {

    @Override
    public FixedKeyProcessor<String, InspectedMessage, InspectedMessage> get() {
      return new DetectProcessor(config, detectors, metrics, clock);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      return Set.of(
          Stores.keyValueStoreBuilder(
              Stores.persistentKeyValueStore(DetectProcessor.CLIENT_ACTIVITY),
              Serdes.String(),
              Serdes.ByteArray()));
    }
  }
}
