package io.mqttsentinel.anomaly;

import io.mqttsentinel.runtime.BansInForce;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.Responder;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopicIo;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Two sub-topologies: messages and sessions of a client meet in one task, because both topics have
 * the same partitions and the same key; the refusals, which may come as a flood, are apart.
 */
final class AnomalyDetectorTopology {

  static final String WRITE_MESSAGES = "write-inspected-anomaly";
  static final String WRITE_EVENTS = "write-security-events";

  private static final String READ_MESSAGES = "read-inspected-pattern";
  private static final String READ_SESSIONS = "read-session-events";
  private static final String READ_AUDIT = "read-audit-auth";
  private static final String DETECT = "detect";
  private static final String COUNT_FAILURES = "count-failures";
  private static final String WRITE_FAILURE_EVENTS = "write-failure-events";

  private AnomalyDetectorTopology() {}

  static Topology build(
      Settings settings, Origins origins, AvroSerdes serdes, ServiceMetrics metrics, Clock clock) {
    return build(settings, detectors(settings, origins), serdes, metrics, clock);
  }

  static Topology build(
      Settings settings,
      List<Detector> detectors,
      AvroSerdes serdes,
      ServiceMetrics metrics,
      Clock clock) {
    AnomalyMetrics meters = new AnomalyMetrics(metrics, detectors);
    FleetWatch fleet = new FleetWatch(settings, clock);
    Topology topology = new Topology();
    TopicIo.addSource(topology, READ_MESSAGES, Topics.INSPECTED_PATTERN, serdes);
    TopicIo.addSource(topology, READ_SESSIONS, Topics.SESSION_EVENTS, serdes);
    AnomalyResponses.Tools tools =
        new AnomalyResponses.Tools(
            settings.modes().responses(),
            new Responder(AnomalyDetectorApplication.SERVICE, settings.responses(), metrics, clock),
            serdes,
            clock);
    topology.addProcessor(
        DETECT,
        new DetectProcessors(settings, detectors, fleet, tools, meters, clock),
        READ_MESSAGES,
        READ_SESSIONS);
    TopicIo.addSink(topology, WRITE_MESSAGES, Topics.INSPECTED_ANOMALY, serdes, DETECT);
    TopicIo.addSink(topology, WRITE_EVENTS, Topics.SECURITY_EVENTS, serdes, DETECT);
    if (!tools.byRule().isEmpty()) {
      TopicIo.addSink(topology, sink(Topics.AUTH_BANS), Topics.AUTH_BANS, serdes, DETECT);
      TopicIo.addSink(
          topology, sink(Topics.AUTH_INVALIDATIONS), Topics.AUTH_INVALIDATIONS, serdes, DETECT);
    }

    TopicIo.addSource(topology, READ_AUDIT, Topics.AUDIT_AUTH, serdes);
    ProcessorSupplier<String, AuthAudit, String, SecurityEvent> failures =
        () -> new FailureProcessor(fleet, meters, clock);
    topology.addProcessor(COUNT_FAILURES, failures, READ_AUDIT);
    TopicIo.addSink(topology, WRITE_FAILURE_EVENTS, Topics.SECURITY_EVENTS, serdes, COUNT_FAILURES);
    if (!tools.byRule().isEmpty()) {
      BansInForce.addTo(topology);
    }
    return topology;
  }

  /** Where a message's task writes a topic. */
  static String sink(Topic<?, ?> topic) {
    return "write-" + topic.name().replace('.', '-');
  }

  /** Those that are on, in the order in which their findings come. */
  static List<Detector> detectors(Settings settings, Origins origins) {
    DetectorModes modes = settings.modes();
    List<Detector> on = new ArrayList<>();
    add(on, modes.payloadOversized(), new PayloadSizeDetector(settings));
    add(on, modes.payloadHighEntropy(), new PayloadEntropyDetector(settings));
    add(on, modes.publishRate(), new PublishRateDetector(settings));
    add(on, modes.publishRateRise(), new PublishRateRiseDetector(settings));
    add(on, modes.payloadSizeRise(), new PayloadSizeRiseDetector(settings));
    add(on, modes.payloadEntropyShift(), new PayloadEntropyShiftDetector(settings));
    add(on, modes.payloadTypeChange(), new PayloadTypeDetector(settings));
    add(on, modes.topicNovelty(), new TopicNoveltyDetector(settings));
    add(on, modes.newOrigin(), new NewOriginDetector(settings, origins));
    add(on, modes.offHours(), new OffHoursDetector(settings));
    return List.copyOf(on);
  }

  private static void add(List<Detector> detectors, Mode mode, Detector detector) {
    if (mode != Mode.OFF) {
      detectors.add(detector);
    }
  }

  /** One processor for each task, with its store. */
  private record DetectProcessors(
      Settings settings,
      List<Detector> detectors,
      FleetWatch fleet,
      AnomalyResponses.Tools tools,
      AnomalyMetrics metrics,
      Clock clock)
      implements ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> {

    @Override
    public Processor<String, SpecificRecord, String, SpecificRecord> get() {
      return new DetectProcessor(settings, detectors, fleet, tools, metrics, clock);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      return Set.of(
          Stores.keyValueStoreBuilder(
              Stores.persistentKeyValueStore(DetectProcessor.CLIENT_PROFILES),
              Serdes.String(),
              Serdes.ByteArray()));
    }
  }
}
