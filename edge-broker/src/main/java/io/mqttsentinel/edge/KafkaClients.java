package io.mqttsentinel.edge;

import io.mqttsentinel.runtime.KafkaConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Kafka clients of an edge. */
final class KafkaClients {

  private static final int ENVELOPE = 64 << 10;
  private static final int AUDIT_BATCH = 64 << 10;
  private static final int REPLAY_FETCH = 1 << 20;
  private static final AtomicLong REPLAYS = new AtomicLong(); // client ids name MBeans
  private static final int REQUEST_TIMEOUT_MS = 10_000;

  private KafkaClients() {}

  static KafkaProducer<byte[], byte[]> producer(
      KafkaConfig kafka, UplinkConfig uplink, EdgeConfig edge, String name) {
    return producer(kafka, uplink, edge, name + "-uplink", uplink.linger(), Map.of());
  }

  /** For records that nobody waits for. */
  static KafkaProducer<byte[], byte[]> auditProducer(
      KafkaConfig kafka, UplinkConfig uplink, EdgeConfig edge, String name) {
    return producer(
        kafka,
        uplink,
        edge,
        name + "-audit",
        uplink.auditLinger(),
        Map.of(ProducerConfig.BATCH_SIZE_CONFIG, AUDIT_BATCH));
  }

  /** Acknowledged by all replicas, in order, without duplicates. */
  private static KafkaProducer<byte[], byte[]> producer(
      KafkaConfig kafka,
      UplinkConfig uplink,
      EdgeConfig edge,
      String clientId,
      Duration longest,
      Map<String, Object> more) {
    int deliveryTimeout = Math.toIntExact(uplink.deliveryTimeout().toMillis());
    int linger = Math.toIntExact(longest.toMillis());
    Map<String, Object> p = new HashMap<>(kafka.client());
    p.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    p.put(ProducerConfig.ACKS_CONFIG, "all");
    p.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    p.put(ProducerConfig.LINGER_MS_CONFIG, linger);
    p.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, uplink.compression());
    p.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryTimeout);
    p.put(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        Math.min(REQUEST_TIMEOUT_MS, deliveryTimeout - linger));
    p.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) deliveryTimeout);
    p.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, edge.maxMessageBytes() + ENVELOPE);
    // More than the uplink lets in, so that its limit is the one that counts.
    p.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2 * uplink.maxBytes());
    p.putAll(more);
    return new KafkaProducer<>(p, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Bounded in memory, and for messages of which most are not wanted. */
  static KafkaConsumer<byte[], byte[]> replayConsumer(KafkaConfig kafka, String name) {
    Map<String, Object> p = new HashMap<>(kafka.client());
    p.put(ConsumerConfig.CLIENT_ID_CONFIG, name + "-replay-" + REPLAYS.incrementAndGet());
    p.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // What retention takes away meanwhile is gone; the rest is read.
    p.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    p.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, REPLAY_FETCH);
    p.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, REPLAY_FETCH);
    return new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** For bans and revocations, which every edge reads whole. */
  static KafkaConsumer<byte[], byte[]> accessConsumer(KafkaConfig kafka, String name) {
    Map<String, Object> p = new HashMap<>(kafka.client());
    p.put(ConsumerConfig.CLIENT_ID_CONFIG, name + "-access");
    p.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // What retention took away before it was read is over: what is left counts.
    p.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static KafkaConsumer<byte[], byte[]> consumer(KafkaConfig kafka, String name) {
    Map<String, Object> p = new HashMap<>(kafka.client());
    p.put(ConsumerConfig.CLIENT_ID_CONFIG, name + "-downlink");
    p.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    p.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    return new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
