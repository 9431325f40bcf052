package io.mqttsentinel.fanout;

import io.mqttsentinel.runtime.TopicIo;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.SeenMessage;
import io.mqttsentinel.schemas.SessionRecord;
import io.mqttsentinel.schemas.StoredSubscription;
import io.mqttsentinel.schemas.SubscriptionChange;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.Optional;
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

  static final String DOWNLINK_SINK = "edge-downlink";
  static final String SUBSCRIPTION_CHANGES_SINK = "to-subscription-changes";
  static final String SESSION_DELIVERIES_SINK = "to-session-deliveries";

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
    it.topology.addProcessor(
        PROCESSOR,
        () -> new FanoutProcessor(config, region, layout, serdes, metrics, clock),
        "messages-cleared",
        "session-events",
        "delivery-acks",
        "subscription-changes",
        "session-deliveries");
    it.store(SESSIONS, Serdes.String(), serdes.named(SESSIONS, SessionRecord.class));
    it.store(TIMERS, Serdes.Bytes(), Serdes.ByteArray());
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
    it.sink(DOWNLINK_SINK, downlink, TopicIo.partitioner(downlink));
    it.sink(SUBSCRIPTION_CHANGES_SINK, Topics.SUBSCRIPTION_CHANGES, toRouters());
    it.sink(
        SESSION_DELIVERIES_SINK,
        Topics.SESSION_DELIVERIES,
        TopicIo.partitioner(Topics.SESSION_DELIVERIES));
    return it.topology;
  }

  /** A filter that every partition has to know goes to all of them, serialised once. */
  private static StreamPartitioner<String, SubscriptionChange> toRouters() {
    var one = TopicIo.partitioner(Topics.SUBSCRIPTION_CHANGES);
    return (topic, topicFilter, change, partitions) ->
        OwnPartition.isSpread(topicFilter)
            ? Optional.of(IntStream.range(0, partitions).boxed().collect(Collectors.toSet()))
            : one.partitions(topic, topicFilter, change, partitions);
  }

  private <K, V extends SpecificRecord> void source(String name, Topic<K, V> topic) {
    topology.addSource(
        name, topic.keySerde().deserializer(), serdes.value(topic).deserializer(), topic.name());
  }

  private <K, V extends SpecificRecord> void sink(
      String name, Topic<K, V> topic, StreamPartitioner<K, V> partitioner) {
    topology.addSink(
        name,
        topic.name(),
        topic.keySerde().serializer(),
        serdes.value(topic).serializer(),
        partitioner,
        PROCESSOR);
  }

  private <K, V> void store(String name, Serde<K> keys, Serde<V> values) {
    StoreBuilder<?> store =
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), keys, values);
    topology.addStateStore(store, PROCESSOR);
  }
}
