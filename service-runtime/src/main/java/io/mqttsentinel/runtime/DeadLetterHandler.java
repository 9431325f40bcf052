package io.mqttsentinel.runtime;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.DeadLetter;
import io.mqttsentinel.schemas.SchemaRegistryException;
import io.mqttsentinel.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A record that cannot be read goes to {@code dead.letters} with the reason, and the topology goes
 * on. Where only the registry is away the record is read again later: it may be a good one.
 */
public final class DeadLetterHandler implements DeserializationExceptionHandler {

  static final String SERVICE_CONFIG = "sentinel.service";
  static final String SERDES_CONFIG = "sentinel.serdes";
  static final String METRICS_CONFIG = "sentinel.metrics";

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterHandler.class);

  private String service;
  private AvroSerdes serdes;
  private ServiceMetrics metrics;

  @Override
  public void configure(Map<String, ?> configs) {
    service = (String) configs.get(SERVICE_CONFIG);
    serdes = (AvroSerdes) configs.get(SERDES_CONFIG);
    metrics = (ServiceMetrics) configs.get(METRICS_CONFIG);
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
    if (isPassing(exception)) {
      LOG.warn("{} waits for the schema registry: {}", service, exception.getMessage());
      return Response.fail();
    }
    String reason = String.valueOf(exception.getMessage());
    LOG.warn(
        "Unreadable record at {}-{}@{} goes to {}: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        Topics.DEAD_LETTERS.name(),
        reason);
    metrics.deadLetter(record.topic());
    return Response.resume(List.of(letter(record, reason)));
  }

  private ProducerRecord<byte[], byte[]> letter(
      ConsumerRecord<byte[], byte[]> record, String reason) {
    DeadLetter letter =
        new DeadLetter(
            Instant.now(),
            service,
            record.topic(),
            record.partition(),
            record.offset(),
            reason,
            wrap(record.key()),
            wrap(record.value()));
    byte[] value =
        serdes
            .value(Topics.DEAD_LETTERS)
            .serializer()
            .serialize(Topics.DEAD_LETTERS.name(), letter);
    return new ProducerRecord<>(
        Topics.DEAD_LETTERS.name(), record.topic().getBytes(StandardCharsets.UTF_8), value);
  }

  private static ByteBuffer wrap(byte[] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  private static boolean isPassing(Throwable exception) {
    for (Throwable e = exception; e != null; e = e.getCause()) {
      if (e instanceof SchemaRegistryException registry) {
        return registry.isPassing();
      }
    }
    return false;
  }
}
