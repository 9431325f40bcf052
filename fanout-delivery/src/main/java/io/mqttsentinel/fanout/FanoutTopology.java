package io.mqttsentinel.fanout;

import io.mqttsentinel.runtime.TopicIo;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.RetainedMessage;
import io.mqttsentinel.schemas.SeenMessage;
import io.mqttsentinel.schemas.SessionRecord;
import io.mqttsentinel.schemas.StoredSubscription;
import io.mqttsentinel.schemas.SubscriptionChange;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** One sub-topology: all that a partition's sessions and topics need, in one task. */
final class FanoutTopology {

  static final String SESSIONS = "sessions";
  static final String TIMERS = "session-timers";
  static final String QUEUE = "session-queue";
  static final String EXACT_SUBSCRIPTIONS = "exact-subscriptions";
  static final String WILDCARD_SUBSCRIPTIONS = "wildcard-subscriptions";
  static final String DEDUPLICATION = "deduplication";
  static final String COMMITS = "commits";
  static final String RETAINED = "retained";
  static final String RETAINED_SCANS = "retained-scans";
  static final String EDGES = "edges";
  static final String EDGES_OVER = "edges-over";

  static final String DOWNLINK_SINK = "edge-downlink";
  static final String SUBSCRIPTION_CHANGES_SINK = "to-subscription-changes";
  static final String SESSION_DELIVERIES_SINK = "to-session-deliveries";
  static final String INBOUND_SINK = "to-mqtt-inbound";
  static final String SESSION_EVENTS_SINK = "to-session-events";
  static final String EDGE_EVENTS_SINK = "to-edge-events";
  static final String EDGES_OVER_SINK = "to-edges-over";

  private static final String PROCESSOR = "sessions-and-router";

  private final Topology topology = new Topology();
  private final AvroSerdes serdes;

  private FanoutTopology(AvroSerdes serdes) {
    this.serdes = serdes;
  }

  static Topology build(
      FanoutConfig config,
      Topic<Integer, Downlink> downlink,
      String region,
      TopicLayout layout,
      AvroSerdes serdes,
      FanoutMetrics metrics,
      Clock clock) {
    FanoutTopology it = new FanoutTopology(serdes);
    it.source("messages-cleared", Topics.MESSAGES_CLEARED);
    it.source("session-events", Topics.SESSION_EVENTS);
    it.source("delivery-acks", Topics.DELIVERY_ACKS);
    it.source("subscription-changes", Topics.SUBSCRIPTION_CHANGES);
    it.source("session-deliveries", Topics.SESSION_DELIVERIES);
    it.source("edge-events", Topics.EDGE_EVENTS);
    it.source("edges-over", Topics.EDGES_OVER);
    it.topology.addProcessor(
        PROCESSOR,
        () -> new FanoutProcessor(config, region, layout, serdes, metrics, clock),
        "messages-cleared",
        "session-events",
        "delivery-acks",
        "subscription-changes",
        "session-deliveries",
        "edge-events",
        "edges-over");
    it.store(SESSIONS, Serdes.String(), serdes.named(SESSIONS, SessionRecord.class));
    it.derivedStore(TIMERS, Serdes.Bytes(), Serdes.ByteArray());
    it.store(QUEUE, Serdes.Bytes(), Serdes.ByteArray());
    it.store(
        EXACT_SUBSCRIPTIONS,
        Serdes.String(),
        serdes.named(EXACT_SUBSCRIPTIONS, StoredSubscription.class));
    it.store(
        WILDCARD_SUBSCRIPTIONS,
        Serdes.String(),
        serdes.named(WILDCARD_SUBSCRIPTIONS, StoredSubscription.class));
    it.store(DEDUPLICATION, Serdes.String(), serdes.named(DEDUPLICATION, SeenMessage.class));
    it.store(RETAINED, Serdes.String(), serdes.named(RETAINED, RetainedMessage.class));
    it.smallStore(RETAINED_SCANS, serdes.named(RETAINED_SCANS, SubscriptionChange.class));
    it.smallStore(EDGES, serdes.named(EDGES, EdgeEvent.class));
    it.smallStore(EDGES_OVER, serdes.named(EDGES_OVER, EdgeEvent.class));
    it.topology.addStateStore(new Commits.Builder(COMMITS, clock), PROCESSOR);
    it.sink(DOWNLINK_SINK, downlink, TopicIo.partitioner(downlink));
    it.sink(SUBSCRIPTION_CHANGES_SINK, Topics.SUBSCRIPTION_CHANGES, toRouters());
    it.sink(
        SESSION_DELIVERIES_SINK,
        Topics.SESSION_DELIVERIES,
        TopicIo.partitioner(Topics.SESSION_DELIVERIES));
    it.sink(INBOUND_SINK, Topics.MQTT_INBOUND, TopicIo.partitioner(Topics.MQTT_INBOUND));
    it.sink(SESSION_EVENTS_SINK, Topics.SESSION_EVENTS, TopicIo.partitioner(Topics.SESSION_EVENTS));
    it.sink(EDGE_EVENTS_SINK, Topics.EDGE_EVENTS, toOwnPartition());
    it.sink(EDGES_OVER_SINK, Topics.EDGES_OVER, toAll());
    return it.topology;
  }

  /** A filter that every partition has to know goes to all of them, serialised once. */
  private static StreamPartitioner<String, SubscriptionChange> toRouters() {
    var one = TopicIo.partitioner(Topics.SUBSCRIPTION_CHANGES);
    return (topic, topicFilter, change, partitions) ->
        OwnPartition.isSpread(topicFilter)
            ? all(partitions)
            : one.partitions(topic, topicFilter, change, partitions);
  }

  /** What a task writes for itself names its partition as the lane. */
  private static StreamPartitioner<String, EdgeEvent> toOwnPartition() {
    return (topic, edge, event, partitions) -> Optional.of(Set.of(event.getLane() % partitions));
  }

  private static StreamPartitioner<String, EdgeEvent> toAll() {
    return (topic, edge, event, partitions) -> all(partitions);
  }

  private static Optional<Set<Integer>> all(int partitions) {
    return Optional.of(IntStream.range(0, partitions).boxed().collect(Collectors.toSet()));
  }

  private <K, V extends SpecificRecord> void source(String name, Topic<K, V> topic) {
    TopicIo.addSource(topology, name, topic, serdes);
  }

  private <K, V extends SpecificRecord> void sink(
      String name, Topic<K, V> topic, StreamPartitioner<K, V> partitioner) {
    TopicIo.addSink(topology, name, topic, serdes, partitioner, PROCESSOR);
  }

  /** Of a few entries: in memory, and in a changelog as the others. */
  private <V> void smallStore(String name, Serde<V> values) {
    StoreBuilder<?> store =
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), values);
    topology.addStateStore(store, PROCESSOR);
  }

  private <K, V> void store(String name, Serde<K> keys, Serde<V> values) {
    topology.addStateStore(persistent(name, keys, values), PROCESSOR);
  }

  /** Made from other stores whenever a task starts: without a changelog. */
  private <K, V> void derivedStore(String name, Serde<K> keys, Serde<V> values) {
    topology.addStateStore(persistent(name, keys, values).withLoggingDisabled(), PROCESSOR);
  }

  private static <K, V> StoreBuilder<?> persistent(String name, Serde<K> keys, Serde<V> values) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), keys, values);
  }
}
