package io.mqttsentinel.authverifier;

import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.schemas.Topics;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** As the brokers know it; asked only while a session is unknown. */
@Singleton
final class KafkaSessionLog implements SessionLog {

  private static final int PATIENCE_MS = 5_000;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final Admin admin;

  KafkaSessionLog(KafkaConfig kafka) {
    Map<String, Object> settings = kafka.client();
    settings.put(AdminClientConfig.CLIENT_ID_CONFIG, AuthVerifierApplication.SERVICE + "-offsets");
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    admin = Admin.create(settings);
  }

  @Override
  public CompletableFuture<Long> end(int partition) {
    return offset(partition, OffsetSpec.earliest())
        .thenCombine(offset(partition, OffsetSpec.latest()), (from, to) -> from < to ? to : 0L);
  }

  @Override
  public CompletableFuture<Long> done(int partition) {
    return future(
        admin
            .listConsumerGroupOffsets(AuthVerifierApplication.SERVICE)
            .partitionsToOffsetAndMetadata()
            .thenApply(offsets -> offsets.get(sessionEvents(partition)))
            .thenApply(offset -> offset == null ? 0L : offset.offset()));
  }

  @PreDestroy
  void close() {
    admin.close(CLOSE_LIMIT);
  }

  private CompletableFuture<Long> offset(int partition, OffsetSpec spec) {
    TopicPartition sessionEvents = sessionEvents(partition);
    return future(
        admin
            .listOffsets(Map.of(sessionEvents, spec))
            .partitionResult(sessionEvents)
            .thenApply(offset -> offset.offset()));
  }

  private static TopicPartition sessionEvents(int partition) {
    return new TopicPartition(Topics.SESSION_EVENTS.name(), partition);
  }

  private static CompletableFuture<Long> future(KafkaFuture<Long> future) {
    return future.toCompletionStage().toCompletableFuture();
  }
}
