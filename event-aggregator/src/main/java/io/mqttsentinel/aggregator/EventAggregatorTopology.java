package io.mqttsentinel.aggregator;

import io.mqttsentinel.runtime.TopicIo;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.Topology;

/**
 * Two sub-topologies: the verdict, on every message's way, and the refusals, which must never make
 * a message wait.
 */
final class EventAggregatorTopology {

  static final String CLEARED = "cleared";
  static final String QUARANTINED = "quarantined";
  static final String MESSAGE_EVENTS = "message-events";

  private static final String INSPECTED = "inspected";
  private static final String VERDICT = "verdict";
  private static final String AUDIT = "audit";
  private static final String AUDIT_REFUSALS = "audit-refusals";
  private static final String EDGE = "edge";
  private static final String EDGE_REFUSALS = "edge-refusals";
  private static final String REPEATS = "repeats";
  private static final String REFUSAL_EVENTS = "refusal-events";

  private EventAggregatorTopology() {}

  static Topology build(
      EventAggregatorConfig config,
      Judge judge,
      AvroSerdes serdes,
      Clock clock,
      AggregatorMetrics metrics,
      VerdictCounts counts) {
    Topology topology = new Topology();

    source(topology, INSPECTED, Topics.INSPECTED_AUTH, serdes);
    topology.addProcessor(
        VERDICT, () -> new VerdictProcessor(judge, clock, metrics, counts), INSPECTED);
    sink(topology, CLEARED, Topics.MESSAGES_CLEARED, serdes, VERDICT);
    sink(topology, QUARANTINED, Topics.MESSAGES_QUARANTINED, serdes, VERDICT);
    sink(topology, MESSAGE_EVENTS, Topics.SECURITY_EVENTS, serdes, VERDICT);

    source(topology, AUDIT, Topics.AUDIT_AUTH, serdes);
    topology.addProcessor(
        AUDIT_REFUSALS, () -> new RefusalProcessor<AuthAudit>(Refusals::of), AUDIT);
    source(topology, EDGE, Topics.EDGE_EVENTS, serdes);
    topology.addProcessor(EDGE_REFUSALS, () -> new RefusalProcessor<EdgeEvent>(Refusals::of), EDGE);
    topology.addProcessor(REPEATS, () -> repeats(config, metrics), AUDIT_REFUSALS, EDGE_REFUSALS);
    sink(topology, REFUSAL_EVENTS, Topics.SECURITY_EVENTS, serdes, REPEATS);
    return topology;
  }

  private static RepeatsProcessor repeats(EventAggregatorConfig config, AggregatorMetrics metrics) {
    return new RepeatsProcessor(
        new RepeatFilter(
            config.repeatWindow(), config.repeatsPerAddress(), config.repeatCapacity()),
        new RefusalEvents(config.escalateAfter()),
        metrics);
  }

  private static <V extends SpecificRecord> void source(
      Topology topology, String name, Topic<String, V> topic, AvroSerdes serdes) {
    topology.addSource(
        name, topic.keySerde().deserializer(), serdes.value(topic).deserializer(), topic.name());
  }

  private static <V extends SpecificRecord> void sink(
      Topology topology, String name, Topic<String, V> topic, AvroSerdes serdes, String parent) {
    topology.addSink(
        name,
        topic.name(),
        topic.keySerde().serializer(),
        serdes.value(topic).serializer(),
        TopicIo.partitioner(topic),
        parent);
  }
}
