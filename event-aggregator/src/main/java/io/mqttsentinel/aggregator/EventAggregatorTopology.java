package io.mqttsentinel.aggregator;

import io.mqttsentinel.runtime.TopicIo;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Three sub-topologies: the verdict, on every message's way, and the refusals and the end of bans,
 * which must never make a message wait.
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
  private static final String BANS = "bans";
  private static final String BAN_EXPIRY = "ban-expiry";
  private static final String EXPIRED_BANS = "expired-bans";

  private EventAggregatorTopology() {}

  static Topology build(
      EventAggregatorConfig config,
      Judge judge,
      AvroSerdes serdes,
      Clock clock,
      AggregatorMetrics metrics,
      VerdictCounts counts) {
    Topology topology = new Topology();

    TopicIo.addSource(topology, INSPECTED, Topics.INSPECTED_AUTH, serdes);
    topology.addProcessor(
        VERDICT, () -> new VerdictProcessor(judge, clock, metrics, counts), INSPECTED);
    TopicIo.addSink(topology, CLEARED, Topics.MESSAGES_CLEARED, serdes, VERDICT);
    TopicIo.addSink(topology, QUARANTINED, Topics.MESSAGES_QUARANTINED, serdes, VERDICT);
    TopicIo.addSink(topology, MESSAGE_EVENTS, Topics.SECURITY_EVENTS, serdes, VERDICT);

    TopicIo.addSource(topology, AUDIT, Topics.AUDIT_AUTH, serdes);
    topology.addProcessor(
        AUDIT_REFUSALS, () -> new RefusalProcessor<AuthAudit>(Refusals::of), AUDIT);
    TopicIo.addSource(topology, EDGE, Topics.EDGE_EVENTS, serdes);
    topology.addProcessor(EDGE_REFUSALS, () -> new RefusalProcessor<EdgeEvent>(Refusals::of), EDGE);
    topology.addProcessor(REPEATS, () -> repeats(config, metrics), AUDIT_REFUSALS, EDGE_REFUSALS);
    TopicIo.addSink(topology, REFUSAL_EVENTS, Topics.SECURITY_EVENTS, serdes, REPEATS);

    // State on disk belongs to the number of a task: what is new comes last.
    expireBans(topology, serdes, metrics);
    return topology;
  }

  private static void expireBans(Topology topology, AvroSerdes serdes, AggregatorMetrics metrics) {
    TopicIo.addSource(topology, BANS, Topics.AUTH_BANS, serdes);
    topology.addProcessor(BAN_EXPIRY, () -> new BanExpiryProcessor(metrics), BANS);
    topology.addStateStore(
        store(BanExpiryProcessor.BANS, serdes.named("event-aggregator-bans", Ban.class)),
        BAN_EXPIRY);
    topology.addStateStore(store(BanExpiryProcessor.ENDS, Serdes.String()), BAN_EXPIRY);
    TopicIo.addSink(topology, EXPIRED_BANS, Topics.AUTH_BANS, serdes, BAN_EXPIRY);
  }

  private static <V> StoreBuilder<?> store(String name, Serde<V> values) {
    return Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(name), Serdes.String(), values);
  }

  private static RepeatsProcessor repeats(EventAggregatorConfig config, AggregatorMetrics metrics) {
    return new RepeatsProcessor(
        new RepeatFilter(
            config.repeatWindow(), config.repeatsPerAddress(), config.repeatCapacity()),
        new RefusalEvents(config.escalateAfter()),
        metrics);
  }
}
