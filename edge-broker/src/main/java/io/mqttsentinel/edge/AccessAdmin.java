package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditChain;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AuthInvalidation;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanExpiry;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Bans, lifts and revokes for administrators: by records that every edge reads. Each change is a
 * record in {@code audit.auth} before it is made. For any thread.
 */
final class AccessAdmin implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final KafkaConfig kafka;
  private final AvroSerdes serdes;
  private final Clock clock;
  private final String by;
  private final String producerName;
  private final KafkaProducer<String, SpecificRecord> producer;
  private long sequence;
  private ByteBuffer previousHash = AuditChain.BEGINNING;

  /**
   * @param by who changes something, for audit
   */
  AccessAdmin(KafkaConfig kafka, AvroSerdes serdes, Clock clock, String by) {
    this.kafka = kafka;
    this.serdes = serdes;
    this.clock = clock;
    this.by = by;
    this.producerName = "admin/" + UUID.randomUUID();
    Map<String, Object> p = new HashMap<>(kafka.client());
    p.put(ProducerConfig.ACKS_CONFIG, "all");
    p.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    p.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    p.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 30_000L);
    this.producer =
        new KafkaProducer<>(
            p,
            Topics.AUTH_BANS.keySerde().serializer(),
            (topic, value) -> value == null ? null : serialize(topic, value));
  }

  @SuppressWarnings("unchecked") // a topic has one type
  private <V extends SpecificRecord> byte[] serialize(String topic, V value) {
    Topic<String, V> typed =
        (Topic<String, V>)
            List.of(Topics.AUTH_BANS, Topics.AUTH_INVALIDATIONS, Topics.AUDIT_AUTH).stream()
                .filter(known -> known.name().equals(topic))
                .findFirst()
                .orElseThrow();
    return serdes.value(typed).serializer().serialize(topic, value);
  }

  /** Bans somebody on all edges. */
  synchronized void ban(Ban ban) {
    audit(AuditActivity.BAN, ban.getKind(), ban.getValue(), "ban_added");
    send(Topics.AUTH_BANS, Bans.key(ban.getKind(), ban.getValue()), ban);
  }

  synchronized void lift(BanKind kind, String value) {
    audit(AuditActivity.BAN, kind, value, "ban_removed");
    send(Topics.AUTH_BANS, Bans.key(kind, value), null);
  }

  /** Makes all edges forget what was decided. */
  synchronized void revoke(AuthInvalidation invalidation) {
    BanKind kind =
        switch (invalidation.getScope()) {
          case CLIENT_ID -> BanKind.CLIENT_ID;
          case USERNAME -> BanKind.USERNAME;
          case ALL, UNKNOWN -> BanKind.UNKNOWN;
        };
    audit(
        AuditActivity.ADMIN,
        kind,
        invalidation.getValue(),
        kind == BanKind.UNKNOWN ? "revoked_all" : "revoked");
    String key = invalidation.getValue().isEmpty() ? "all" : invalidation.getValue();
    send(Topics.AUTH_INVALIDATIONS, key, invalidation);
  }

  /** Bans as they are now, by key; those whose time is over too. */
  Map<String, Ban> bans() {
    Map<String, Ban> bans = new TreeMap<>();
    read(
        Topics.AUTH_BANS,
        record -> {
          if (record.value() != null) {
            bans.put(record.key(), record.value());
          } else if (!BanExpiry.isMarked(record.headers()) || isOver(bans.get(record.key()))) {
            bans.remove(record.key());
          }
        });
    return bans;
  }

  private boolean isOver(@Nullable Ban ban) {
    return ban != null && BanExpiry.isOver(ban, clock.instant());
  }

  /** Reads all audit records that there are. */
  AuditVerifier verifyAudit() {
    AuditVerifier verifier = new AuditVerifier();
    read(Topics.AUDIT_AUTH, record -> verifier.add(record.value()));
    return verifier;
  }

  private void audit(AuditActivity activity, BanKind kind, String value, String cause) {
    AuthAudit audit =
        AuthAudit.newBuilder()
            .setAt(clock.instant())
            .setRegion("")
            .setEdge("")
            .setClientId(kind == BanKind.CLIENT_ID ? value : "")
            .setUsername(kind == BanKind.USERNAME ? value : null)
            .setRemoteAddress(kind == BanKind.ADDRESS ? value : "")
            .setActivity(activity)
            .setOutcome(AuditOutcome.SUCCESS)
            .setCause(cause)
            .setAuthenticator(by)
            .setProducer(producerName)
            .setSequence(++sequence)
            .setPreviousHash(previousHash)
            .setHash(AuditChain.BEGINNING)
            .build();
    previousHash = AuditChain.hash(audit);
    audit.setHash(previousHash);
    send(Topics.AUDIT_AUTH, audit.getClientId(), audit);
  }

  private <V extends SpecificRecord> void send(Topic<String, V> topic, String key, V value) {
    try {
      int partition = topic.partition(key, producer.partitionsFor(topic.name()).size());
      var _ = producer.send(new ProducerRecord<>(topic.name(), partition, key, value)).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Kafka did not take the record for %s: %s"
              .formatted(topic.name(), e.getCause().getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private <V extends SpecificRecord> void read(
      Topic<String, V> topic, Consumer<ConsumerRecord<String, V>> reader) {
    Map<String, Object> p = new HashMap<>(kafka.client());
    p.put("enable.auto.commit", false);
    p.put("auto.offset.reset", "earliest");
    try (KafkaConsumer<String, V> consumer =
        new KafkaConsumer<>(
            p, topic.keySerde().deserializer(), serdes.value(topic).deserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long limit = System.nanoTime() + PATIENCE.toNanos();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        var records = consumer.poll(POLL);
        records.forEach(reader);
        if (!records.isEmpty()) {
          limit = System.nanoTime() + PATIENCE.toNanos();
        } else if (System.nanoTime() > limit) {
          throw new IllegalStateException(
              "no record of %s came for %s".formatted(topic.name(), PATIENCE));
        }
      }
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
