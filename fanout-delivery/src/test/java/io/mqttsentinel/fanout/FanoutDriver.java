package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryReceived;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Placement;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;

/** The topology with one task, driven by what edges and the aggregator would write. */
final class FanoutDriver implements AutoCloseable {

  static final int LANES = 4;

  final TestClock clock = new TestClock();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final TopologyTestDriver driver;

  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private final TestOutputTopic<Integer, Downlink> downlinks;
  private final List<Downlink> pending = new ArrayList<>();
  private final long firstId = PacketIds.next(0, clock.instant().toEpochMilli() << 20) - 1;
  private long sequence;

  FanoutDriver() {
    this(Records.config(), 1);
  }

  /** The task of partition 0 of so many. */
  FanoutDriver(FanoutConfig config, int partitions) {
    // The driver has one partition of each topic, the test several lanes.
    Topic<Integer, Downlink> catalogue = Topics.downlink(Records.REGION);
    Topic<Integer, Downlink> downlink =
        new Topic<>(
            catalogue.name(),
            catalogue.keySerde(),
            catalogue.valueType(),
            onePartition(),
            catalogue.retention(),
            catalogue.cleanup());
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "fanout-test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, temporaryDirectory());
    driver =
        new TopologyTestDriver(
            FanoutTopology.build(
                config,
                downlink,
                Records.REGION,
                new TopicLayout(partitions, LANES, (short) 1, Duration.ofHours(72)),
                serdes,
                new FanoutMetrics(new ServiceMetrics(meters)),
                clock),
            properties,
            clock.instant());
    downlinks =
        driver.createOutputTopic(
            downlink.name(),
            Serdes.Integer().deserializer(),
            serdes.value(downlink).deserializer());
  }

  /** A session event of the edge of this lane. */
  void edge(int lane, String clientId, long epoch, SpecificRecord body) {
    pipe(
        Topics.SESSION_EVENTS,
        clientId,
        Records.event(clientId, epoch, lane, clock.instant(), body));
  }

  /** A client that stays connected, subscribes, and of whom the answers were read. */
  void connected(int lane, String clientId, long epoch, Subscription... subscriptions) {
    edge(lane, clientId, epoch, Records.open(false, Records.NEVER));
    edge(lane, clientId, epoch, Records.subscribe(epoch, subscriptions));
    lane(lane);
  }

  /** Acknowledges deliveries by their number, from 1. */
  void acknowledge(int lane, String clientId, long epoch, Long... numbers) {
    Long[] ids = Stream.of(numbers).map(n -> firstId + n).toArray(Long[]::new);
    pipe(Topics.DELIVERY_ACKS, clientId, Records.ack(clientId, epoch, lane, clock.instant(), ids));
  }

  /** A message that passed inspection. */
  void cleared(String topic, String payload, int qos) {
    cleared(message(topic, payload, qos));
  }

  void cleared(InspectedMessage message) {
    pipe(Topics.MESSAGES_CLEARED, message.getTopic(), message);
  }

  InspectedMessage message(String topic, String payload, int qos) {
    return Records.message(topic, payload, qos, ++sequence, clock.instant());
  }

  /** The client said PUBREC to deliveries, by their number, from 1. */
  void received(int lane, String clientId, long epoch, Long... numbers) {
    edge(
        lane,
        clientId,
        epoch,
        new DeliveryReceived(Stream.of(numbers).map(n -> firstId + n).toList()));
  }

  <K, V extends SpecificRecord> void pipe(Topic<K, V> topic, K key, V value) {
    pipeOnly(topic, key, value);
    driver.advanceWallClockTime(Duration.ofMillis(1)); // what waited for its commit goes on
  }

  <K, V extends SpecificRecord> void pipeOnly(Topic<K, V> topic, K key, V value) {
    TestInputTopic<K, V> input =
        driver.createInputTopic(
            topic.name(), topic.keySerde().serializer(), serdes.value(topic).serializer());
    input.pipeInput(key, value);
  }

  <K, V extends SpecificRecord> List<V> read(Topic<K, V> topic) {
    return driver
        .createOutputTopic(
            topic.name(), topic.keySerde().deserializer(), serdes.value(topic).deserializer())
        .readValuesToList();
  }

  void advance(Duration time) {
    clock.advance(time);
    driver.advanceWallClockTime(time);
  }

  /** What the edge of this lane was told since the last call. */
  List<Object> lane(int lane) {
    pending.addAll(downlinks.readValuesToList());
    List<Object> bodies =
        pending.stream().filter(d -> d.getLane() == lane).map(Downlink::getBody).toList();
    pending.removeIf(d -> d.getLane() == lane);
    return bodies;
  }

  /** The only thing that the edge of this lane was told since the last call. */
  <T> T only(Class<T> type, int lane) {
    List<Object> bodies = lane(lane);
    assertEquals(1, bodies.size(), bodies::toString);
    return type.cast(bodies.getFirst());
  }

  List<Delivery> deliveries(int lane) {
    return lane(lane).stream().map(Delivery.class::cast).toList();
  }

  /** The payloads that the edge of this lane got since the last call, which was nothing else. */
  List<String> payloads(int lane) {
    return deliveries(lane).stream().map(d -> Records.text(d.getMessage().getPayload())).toList();
  }

  /** The number of a delivery, from 1, or 0 where it is not to be acknowledged. */
  long number(DeliveryTarget target) {
    return target.getDeliveryId() == 0 ? 0 : target.getDeliveryId() - firstId;
  }

  double count(String counter) {
    return meters.get("sentinel.fanout." + counter).counter().count();
  }

  double gauge(String gauge) {
    return meters.get("sentinel.fanout." + gauge).gauge().value();
  }

  @Override
  public void close() {
    driver.close();
  }

  private static String temporaryDirectory() {
    try {
      return Files.createTempDirectory("fanout-test").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Placement<Integer> onePartition() {
    return (lane, partitions) -> 0;
  }
}
