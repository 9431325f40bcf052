package io.mqttsentinel.bridge;

import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.DeadLetter;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes to Kafka and reports, for each record, that it is there for good or that it is not. It
 * gives a record up after a time: an idempotent producer whose broker restarted can be told for
 * ever that a record, which is there, is out of order, and only giving it up gets the producer on.
 */
final class Uplink implements AutoCloseable {

  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  private static final int RECORD_OVERHEAD = 64 << 10;
  private static final Duration REACHABLE_WITHIN = Duration.ofSeconds(2);

  private final Producer<byte[], byte[]> producer;
  private final KafkaConfig kafka;
  private final Serializer<InspectedMessage> messages;
  private final Serializer<DeadLetter> letters;

  private Uplink(Producer<byte[], byte[]> producer, KafkaConfig kafka, AvroSerdes serdes) {
    this.producer = producer;
    this.kafka = kafka;
    this.messages = serdes.value(Topics.MQTT_INBOUND).serializer();
    this.letters = serdes.value(Topics.DEAD_LETTERS).serializer();
  }

  static Uplink open(KafkaConfig kafka, AvroSerdes serdes, BridgeConfig config, String instance) {
    return new Uplink(
        new KafkaProducer<>(
            settings(kafka, config, instance),
            new ByteArraySerializer(),
            new ByteArraySerializer()),
        kafka,
        serdes);
  }

  /** Whether a record that is sent now will not have to wait for Kafka's metadata. */
  boolean isReachable() throws InterruptedException {
    try {
      return !producer.partitionsFor(Topics.MQTT_INBOUND.name()).isEmpty()
          && !producer.partitionsFor(Topics.DEAD_LETTERS.name()).isEmpty();
    } catch (RetriableException e) { // a time-out
      return false;
    } catch (InterruptException e) {
      throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
    }
  }

  /** Writes a message; {@code done} gets null when all in-sync replicas have it. */
  void send(InspectedMessage message, Consumer<Exception> done) {
    write(
        Topics.MQTT_INBOUND,
        message.getClientId(),
        messages.serialize(Topics.MQTT_INBOUND.name(), message),
        message.getAcceptedAt(),
        done);
  }

  void send(DeadLetter letter, Consumer<Exception> done) {
    write(
        Topics.DEAD_LETTERS,
        letter.getTopic(),
        letters.serialize(Topics.DEAD_LETTERS.name(), letter),
        letter.getAt(),
        done);
  }

  /** Gives up what is not written; it was not acknowledged either. */
  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }

  private <V extends SpecificRecord> void write(
      Topic<String, V> topic, String key, byte[] value, Instant at, Consumer<Exception> done) {
    int partition = topic.partition(key, topic.partitions(kafka.layout()));
    byte[] keyBytes = topic.keySerde().serializer().serialize(topic.name(), key);
    // The outcome comes to the callback.
    var _ =
        producer.send(
            new ProducerRecord<>(topic.name(), partition, at.toEpochMilli(), keyBytes, value),
            (metadata, failure) -> done.accept(failure));
  }

  private static Map<String, Object> settings(
      KafkaConfig kafka, BridgeConfig config, String instance) {
    long largest = (long) config.maxMessageBytes() + RECORD_OVERHEAD;
    Map<String, Object> settings = new HashMap<>(kafka.client());
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, BridgeApplication.SERVICE + "-" + instance);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, config.linger().toMillis());
    settings.put(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(REQUEST_TIMEOUT.toMillis()));
    settings.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        Math.toIntExact(config.deliveryTimeout().toMillis()));
    settings.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Long.MAX_VALUE);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, REACHABLE_WITHIN.toMillis());
    settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000L);
    settings.put(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Math.toIntExact(Math.max(1 << 20, largest)));
    // Room for all that may be unacknowledged, with and without QoS.
    settings.put(
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        Math.max(32L << 20, 2 * largest * config.receiveMaximum()));
    return settings;
  }
}
