package io.mqttsentinel.benchmarks;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.StageStamp;
import io.mqttsentinel.schemas.Topics;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;

/**
 * Where the time goes: reads the downlink topic after the run, so that the reading costs the run
 * nothing, and takes the stamps of every measured message apart.
 */
final class StageTimes implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final int REGISTRY_ATTEMPTS = 3;

  private final KafkaConsumer<Integer, Downlink> consumer;
  private final BenchmarkPayload payloads;
  private final Map<String, Histogram> steps = new LinkedHashMap<>();
  private final Map<String, Long> verdicts = new HashMap<>();

  /** Starts at the end of the topic: what is delivered from now on is taken apart later. */
  StageTimes(KafkaAccess kafka, BenchmarkPayload payloads) {
    this.payloads = payloads;
    AvroSerdes serdes =
        new AvroSerdes(
            new HttpSchemaRegistry(kafka.registryUrl().orElseThrow(), null, REGISTRY_ATTEMPTS));
    Deserializer<Downlink> values = serdes.value(Topics.downlink(kafka.region())).deserializer();
    Map<String, Object> settings = new HashMap<>(kafka.client());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer = new KafkaConsumer<>(settings, new IntegerDeserializer(), values);
    String topic = Topics.downlink(kafka.region()).name();
    consumer.assign(
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList());
    consumer.seekToEnd(consumer.assignment());
    // seekToEnd is lazy: the position is taken here.
    consumer.assignment().forEach(consumer::position);
  }

  /** The way of the messages whose latency counts, stage after stage. */
  Breakdown read(Ledger ledger, WallClock clock) {
    steps.clear();
    verdicts.clear();
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      for (ConsumerRecord<Integer, Downlink> record : consumer.poll(POLL)) {
        if (record.value().getBody() instanceof Delivery delivery && isFirst(delivery)) {
          add(delivery.getMessage(), record.value().getAt(), ledger, clock);
        }
      }
    }
    List<Stage> stages = new ArrayList<>();
    steps.forEach((name, histogram) -> stages.add(new Stage(name, Latency.of(histogram))));
    return new Breakdown(stages, new TreeMap<>(verdicts));
  }

  @Override
  public void close() {
    consumer.close();
  }

  private static boolean isFirst(Delivery delivery) {
    return delivery.getTargets().stream().noneMatch(target -> target.getDuplicate());
  }

  private void add(ClientMessage message, Instant downlinkAt, Ledger ledger, WallClock clock) {
    long number = payloads.number(Unpooled.wrappedBuffer(message.getPayload().duplicate()));
    Optional<Phase> phase = number < 0 ? Optional.empty() : ledger.phase(number);
    if (phase.isEmpty() || !phase.get().isMeasured(number)) {
      return;
    }
    verdicts.merge(message.getVerdict().name(), 1L, Long::sum);
    long at = clock.micros(phase.get().intendedNanos(number));
    at = step("sent → accepted at the edge", at, message.getAcceptedAt());
    for (StageStamp stamp : message.getStamps()) {
      at = step("→ " + stamp.getStage(), at, stamp.getAt());
    }
    at = step("→ downlink", at, downlinkAt);
    record("→ received", clock.micros(phase.get().arrivedNanos(number)) - at);
  }

  private long step(String name, long from, Instant to) {
    long at = WallClock.micros(to);
    record(name, at - from);
    return at;
  }

  private void record(String name, long micros) {
    Latency.record(steps.computeIfAbsent(name, n -> Latency.histogram()), micros * 1_000);
  }

  /**
   * The way of all measured messages.
   *
   * @param verdicts how many got which: anything but ALLOW costs more and is another benchmark
   */
  record Breakdown(List<Stage> stages, Map<String, Long> verdicts) {

    static final Breakdown NONE = new Breakdown(List.of(), Map.of());
  }

  /** One step of the way. */
  record Stage(String name, Latency latency) {}
}
