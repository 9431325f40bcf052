package io.mqttsentinel.fanout;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.RetainedMessage;
import io.mqttsentinel.schemas.SeenMessage;
import io.mqttsentinel.schemas.SessionRecord;
import io.mqttsentinel.schemas.StoredSubscription;
import io.mqttsentinel.schemas.SubscriptionChange;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.io.File;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * The task of one partition, whose outputs lie in its producer until they are flushed, and which
 * may crash at any time: then it reads again from its last commit.
 */
final class CrashingTask {

  private static final List<Topic<String, ? extends SpecificRecord>> SOURCES =
      List.of(
          Topics.SESSION_EVENTS,
          Topics.SUBSCRIPTION_CHANGES,
          Topics.DELIVERY_ACKS,
          Topics.SESSION_DELIVERIES,
          Topics.MESSAGES_CLEARED);

  private final int partition;
  private final Log log;
  private final AvroSerdes serdes;
  private final TopicLayout layout;
  private final Clock clock;
  private final List<CrashingStore<?, ?>> stores = new ArrayList<>();
  private final Map<String, Integer> committed = new HashMap<>();
  private final Map<String, Integer> read = new HashMap<>();
  private final Map<String, List<Runnable>> unsent = new HashMap<>();
  private MockProcessorContext<Object, SpecificRecord> context;
  private Commits commits;
  private FanoutProcessor processor;

  CrashingTask(int partition, Log log, AvroSerdes serdes, TopicLayout layout, Clock clock) {
    this.partition = partition;
    this.log = log;
    this.serdes = serdes;
    this.layout = layout;
    this.clock = clock;
    store(FanoutTopology.SESSIONS, Serdes.String(), SessionRecord.class);
    store(FanoutTopology.EXACT_SUBSCRIPTIONS, Serdes.String(), StoredSubscription.class);
    store(FanoutTopology.WILDCARD_SUBSCRIPTIONS, Serdes.String(), StoredSubscription.class);
    store(FanoutTopology.DEDUPLICATION, Serdes.String(), SeenMessage.class);
    store(FanoutTopology.RETAINED, Serdes.String(), RetainedMessage.class);
    store(FanoutTopology.RETAINED_SCANS, Serdes.String(), SubscriptionChange.class);
    store(FanoutTopology.EDGES, Serdes.String(), EdgeEvent.class);
    store(FanoutTopology.EDGES_OVER, Serdes.String(), EdgeEvent.class);
    stores.add(new CrashingStore<>(FanoutTopology.TIMERS, Serdes.Bytes(), Serdes.ByteArray()));
    stores.add(new CrashingStore<>(FanoutTopology.QUEUE, Serdes.Bytes(), Serdes.ByteArray()));
    start();
  }

  /** Topic and partition → records. */
  static final class Log {
    private final Map<String, List<Map.Entry<String, SpecificRecord>>> records = new HashMap<>();

    List<Map.Entry<String, SpecificRecord>> of(String topic, int partition) {
      return records.computeIfAbsent(topic + "-" + partition, t -> new ArrayList<>());
    }
  }

  /** Reads one record of any topic that has one. */
  void step(Random random) {
    List<Topic<String, ? extends SpecificRecord>> ready = ready();
    if (ready.isEmpty()) {
      return;
    }
    Topic<String, ? extends SpecificRecord> topic = ready.get(random.nextInt(ready.size()));
    int offset = position(topic);
    Map.Entry<String, SpecificRecord> next = log.of(topic.name(), partition).get(offset);
    context.setRecordMetadata(topic.name(), partition, offset);
    processor.process(new Record<>(next.getKey(), copy(next.getValue()), clock.millis()));
    read.put(topic.name(), offset + 1);
    takeOutputs();
  }

  private void takeOutputs() {
    context.forwarded().forEach(this::keep);
    context.resetForwards();
  }

  /** All that is in a store. */
  void loses(String store) {
    store(store).clear();
  }

  Object stored(String store, String key) {
    return store(store).getByName(key);
  }

  private CrashingStore<?, ?> store(String name) {
    return stores.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  boolean hasWork() {
    return !ready().isEmpty();
  }

  /** Some of what lies in the producer arrives, in order at each partition. */
  void flushSome(Random random) {
    unsent
        .values()
        .forEach(
            records -> {
              for (int n = random.nextInt(records.size() + 1); n > 0; n--) {
                records.removeFirst().run();
              }
            });
  }

  void commit() {
    unsent.values().forEach(records -> records.forEach(Runnable::run));
    unsent.clear();
    stores.forEach(CrashingStore::commit);
    commits.flushCache();
    committed.putAll(read);
    context.scheduledPunctuators().stream()
        .filter(punctuator -> !punctuator.cancelled())
        .toList()
        .forEach(punctuator -> punctuator.getPunctuator().punctuate(clock.millis()));
    takeOutputs();
  }

  void crash(Random random, boolean storesToo) {
    unsent.clear();
    if (storesToo) {
      stores.forEach(store -> store.crash(random));
    }
    read.clear();
    read.putAll(committed);
    start();
  }

  private List<Topic<String, ? extends SpecificRecord>> ready() {
    return SOURCES.stream()
        .filter(topic -> log.of(topic.name(), partition).size() > position(topic))
        .toList();
  }

  private int position(Topic<?, ?> topic) {
    return read.getOrDefault(topic.name(), 0);
  }

  private void keep(MockProcessorContext.CapturedForward<?, ?> forward) {
    Object key = forward.record().key();
    SpecificRecord value = copy((SpecificRecord) forward.record().value());
    String sink = forward.childName().orElseThrow();
    switch (sink) {
      case FanoutTopology.DOWNLINK_SINK -> keep("downlink", (Integer) key, "", value);
      case FanoutTopology.SESSION_DELIVERIES_SINK ->
          keep(Topics.SESSION_DELIVERIES, (String) key, value);
      case FanoutTopology.SUBSCRIPTION_CHANGES_SINK -> {
        if (OwnPartition.isSpread((String) key)) {
          IntStream.range(0, layout.partitions())
              .forEach(p -> keep(Topics.SUBSCRIPTION_CHANGES.name(), p, (String) key, value));
        } else {
          keep(Topics.SUBSCRIPTION_CHANGES, (String) key, value);
        }
      }
      case FanoutTopology.INBOUND_SINK -> keep(Topics.MQTT_INBOUND, (String) key, value);
      case FanoutTopology.SESSION_EVENTS_SINK -> keep(Topics.SESSION_EVENTS, (String) key, value);
      default -> throw new AssertionError("no sink " + sink);
    }
  }

  private void keep(Topic<String, ?> topic, String key, SpecificRecord value) {
    keep(topic.name(), topic.partition(key, layout.partitions()), key, value);
  }

  private void keep(String topic, int to, String key, SpecificRecord value) {
    unsent
        .computeIfAbsent(topic + "-" + to, t -> new ArrayList<>())
        .add(() -> log.of(topic, to).add(Map.entry(key, value)));
  }

  /** What one task hands on, another must not share. */
  @SuppressWarnings("unchecked") // the serde is made for the record's own class
  private SpecificRecord copy(SpecificRecord value) {
    Class<SpecificRecord> type = (Class<SpecificRecord>) value.getClass();
    Serde<SpecificRecord> serde = serdes.named("copy-" + type.getSimpleName(), type);
    return serde.deserializer().deserialize("", serde.serializer().serialize("", value));
  }

  private <K, V extends SpecificRecord> void store(String name, Serde<K> keys, Class<V> type) {
    stores.add(new CrashingStore<>(name, keys, serdes.named(name, type)));
  }

  private void start() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "crashing");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
    context =
        new MockProcessorContext<>(
            properties, new TaskId(0, partition), new File(System.getProperty("java.io.tmpdir")));
    stores.forEach(context::addStateStore);
    commits = new Commits(FanoutTopology.COMMITS, clock);
    context.addStateStore(commits);
    processor =
        new FanoutProcessor(
            new FanoutConfig(
                4,
                60_000,
                1L << 40,
                java.time.Duration.ofHours(72),
                java.time.Duration.ofHours(6),
                262_144,
                2,
                java.time.Duration.ofSeconds(5)),
            Records.REGION,
            layout,
            serdes,
            new FanoutMetrics(new ServiceMetrics(new SimpleMeterRegistry())),
            clock);
    processor.init(context);
  }
}
