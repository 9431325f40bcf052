package io.mqttsentinel.fanout;

import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams.State;

/** A real Kafka, the service in as many instances as a test starts, and what its edges would do. */
final class Cluster implements AutoCloseable {

  static final int PARTITIONS = 4;
  static final int LANES = 2;

  private final String region;
  private final Topic<Integer, Downlink> downlink;
  private final AvroSerdes serdes;
  private final Producer<byte[], byte[]> producer;
  private final Consumer<byte[], byte[]> lanes;
  private final List<Downlink> seen = new ArrayList<>();

  Cluster(String region) {
    this.region = region;
    downlink = Topics.downlink(region);
    TestKafka kafka = TestKafka.shared();
    serdes = new AvroSerdes(new HttpSchemaRegistry(kafka.registryUrl(), null, 5));
    Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
    producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    lanes = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Starts an instance and waits until it works. */
  ApplicationContext instance(String name, Path state) {
    return instance(name, state, 0);
  }

  ApplicationContext instance(String name, Path state, int standbyReplicas) {
    TestKafka kafka = TestKafka.shared();
    ApplicationContext context =
        ServiceMain.start(
            Set.of(FanoutApplication.SERVICE),
            Map.ofEntries(
                Map.entry("sentinel.kafka.bootstrap-servers", kafka.bootstrapServers()),
                Map.entry("sentinel.kafka.replication-factor", 1),
                Map.entry("sentinel.kafka.partitions", PARTITIONS),
                Map.entry("sentinel.kafka.lanes", LANES),
                Map.entry("sentinel.registry.url", kafka.registryUrl()),
                Map.entry("sentinel.node.region", region),
                Map.entry("sentinel.node.instance", name),
                Map.entry("sentinel.streams.state-directory", state.toString()),
                Map.entry("sentinel.streams.standby-replicas", standbyReplicas),
                Map.entry("micronaut.server.port", -1),
                Map.entry("micronaut.server.host", "127.0.0.1")));
    RunningTopology topology = context.getBean(RunningTopology.class);
    Await.until(name + " works", () -> topology.state() == State.RUNNING);
    if (lanes.assignment().isEmpty()) {
      lanes.assign(
          IntStream.range(0, LANES)
              .mapToObj(lane -> new TopicPartition(downlink.name(), lane))
              .toList());
      lanes.seekToBeginning(lanes.assignment());
    }
    return context;
  }

  void edge(int lane, String clientId, long epoch, SpecificRecord body) {
    SessionEvent event = Records.event(clientId, epoch, lane, Instant.now(), body);
    event.setRegion(region);
    send(Topics.SESSION_EVENTS, clientId, event);
  }

  /** A sign of life of an edge, named after its lane and this cluster's region. */
  void sign(int lane, long bootId, EdgeEventType type) {
    String edge = "edge-" + lane;
    send(
        Topics.EDGE_EVENTS,
        edge,
        EdgeEvent.newBuilder()
            .setAt(Instant.now())
            .setRegion(region)
            .setEdge(edge)
            .setLane(lane)
            .setBootId(bootId)
            .setType(type)
            .build());
  }

  /** Acknowledges the first delivery that this connection got. */
  void acknowledgeFirst(int lane, String clientId, long epoch) {
    Long id =
        told(lane, Delivery.class).stream()
            .flatMap(delivery -> targets(delivery, clientId, epoch))
            .map(DeliveryTarget::getDeliveryId)
            .findFirst()
            .orElseThrow();
    send(Topics.DELIVERY_ACKS, clientId, Records.ack(clientId, epoch, lane, Instant.now(), id));
  }

  /** Tests share one Kafka, so each has a publisher of its own. */
  void cleared(String topic, String payload, int qos, long sequence) {
    InspectedMessage message = Records.message(topic, payload, qos, sequence, Instant.now());
    message.setClientId("publisher-" + region);
    send(Topics.MESSAGES_CLEARED, topic, message);
  }

  private <K, V extends SpecificRecord> void send(Topic<K, V> topic, K key, V value) {
    Future<RecordMetadata> sent =
        producer.send(
            new ProducerRecord<>(
                topic.name(),
                topic.partition(key, PARTITIONS),
                topic.keySerde().serializer().serialize(topic.name(), key),
                serdes.value(topic).serializer().serialize(topic.name(), value)));
    Await.until("Kafka has the record", sent::isDone);
  }

  /** Everything of this type that the edge of a lane was told about a client so far. */
  <T> List<T> told(int lane, Class<T> type) {
    lanes
        .poll(Duration.ofMillis(50))
        .forEach(
            record ->
                seen.add(
                    serdes
                        .value(downlink)
                        .deserializer()
                        .deserialize(record.topic(), record.value())));
    return seen.stream()
        .filter(d -> d.getLane() == lane)
        .map(Downlink::getBody)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** What a connection got, in order and without what its edge ignores as seen before. */
  List<String> received(int lane, String clientId, long epoch) {
    List<String> payloads = new ArrayList<>();
    long highest = 0;
    for (Delivery delivery : told(lane, Delivery.class)) {
      for (DeliveryTarget target : targets(delivery, clientId, epoch).toList()) {
        if (target.getDeliveryId() == 0 || target.getDeliveryId() > highest) {
          highest = Math.max(highest, target.getDeliveryId());
          payloads.add(Records.text(delivery.getMessage().getPayload()));
        }
      }
    }
    return payloads;
  }

  private static Stream<DeliveryTarget> targets(Delivery delivery, String clientId, long epoch) {
    return delivery.getTargets().stream()
        .filter(t -> t.getClientId().equals(clientId) && t.getEpoch() == epoch);
  }

  @Override
  public void close() {
    producer.close();
    lanes.close();
  }
}
