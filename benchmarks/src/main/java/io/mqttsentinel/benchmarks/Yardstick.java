package io.mqttsentinel.benchmarks;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One bare Kafka hop: a producer with {@code acks=all} to a consumer, with the rate, the size, the
 * keys and the producer settings of the pipeline. What it takes is what this machine can do at this
 * moment; the pipeline is quoted as a multiple of it.
 */
final class Yardstick implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long DRAIN_NANOS = 10_000_000_000L;

  private final Workload workload;
  private final Ledger ledger;
  private final String topic;
  private final Admin admin;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;

  /**
   * Makes the topic and its clients.
   *
   * @throws IOException if Kafka does not let the topic be made
   */
  Yardstick(KafkaAccess kafka, Workload workload, String run, int lingerMillis)
      throws IOException, InterruptedException {
    this.workload = workload;
    this.ledger = new Ledger(workload);
    this.topic = "bench.yardstick." + run;
    this.admin = Admin.create(kafka.client());
    try {
      admin
          .createTopics(List.of(new NewTopic(topic, kafka.partitions(), kafka.replicationFactor())))
          .all()
          .get();
    } catch (ExecutionException e) {
      admin.close();
      throw new IOException(
          "the yardstick's topic could not be made at %s: %s"
              .formatted(kafka.bootstrapServers(), e.getCause().getMessage()),
          e);
    }
    this.producer = producer(kafka, lingerMillis);
    this.consumer = consumer(kafka);
    consumer.assign(
        IntStream.range(0, kafka.partitions())
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toList());
    consumer.seekToBeginning(consumer.assignment());
  }

  /** Sends and receives for a while; latency counts from the intended time, as everywhere. */
  Phase run(int rate, double seconds, double settlingSeconds) throws InterruptedException {
    Schedule schedule = Schedule.lasting(System.nanoTime(), rate, settlingSeconds + seconds);
    Phase phase = ledger.open(schedule, Math.round(rate * settlingSeconds));
    AtomicLong sendingDone = new AtomicLong(Long.MAX_VALUE);
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    Thread sender =
        Thread.ofPlatform()
            .name("yardstick-producer")
            .start(
                () -> {
                  try {
                    new Pacer().run(schedule, index -> send(phase.number(index), failure));
                  } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                  }
                  sendingDone.set(System.nanoTime());
                });
    while (phase.arrivedCount() < schedule.count() && !isOver(sendingDone.get())) {
      for (ConsumerRecord<String, byte[]> received : consumer.poll(POLL)) {
        long now = System.nanoTime();
        long number = workload.payload().number(Unpooled.wrappedBuffer(received.value()));
        if (number >= 0 && phase.contains(number)) {
          phase.arrived(number, now);
        }
      }
      if (failure.get() != null) {
        throw failure.get();
      }
    }
    sender.join();
    return phase;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    consumer.close();
    admin.deleteTopics(List.of(topic));
    admin.close(Duration.ofSeconds(5));
  }

  private void send(long number, AtomicReference<RuntimeException> failure) {
    // Failures come to the callback.
    var _ =
        producer.send(
            new ProducerRecord<>(
                topic,
                Workload.clientId(workload.client(number)),
                workload.payload().encode(number)),
            (metadata, error) -> {
              if (error != null) {
                failure.compareAndSet(
                    null, new IllegalStateException("yardstick: " + error.getMessage(), error));
              }
            });
  }

  private static boolean isOver(long sendingDone) {
    return sendingDone != Long.MAX_VALUE && System.nanoTime() - sendingDone > DRAIN_NANOS;
  }

  private static KafkaProducer<String, byte[]> producer(KafkaAccess kafka, int lingerMillis) {
    Map<String, Object> settings = new HashMap<>(kafka.client());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, lingerMillis);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  private static KafkaConsumer<String, byte[]> consumer(KafkaAccess kafka) {
    Map<String, Object> settings = new HashMap<>(kafka.client());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }
}
