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

  /** The ways of the messages whose latency counts, once nothing is under way any more. */
  MessageWays read(MqttFleet fleet, WallClock clock) throws InterruptedException {
    // The loop may be held while the topic is read.
    return fleet.withLedger(ledger -> read(ledger, clock));
  }

  private MessageWays read(Ledger ledger, WallClock clock) {
    List<MessageWays.Way> ways = new ArrayList<>();
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      for (ConsumerRecord<Integer, Downlink> record : consumer.poll(POLL)) {
        if (record.value().getBody() instanceof Delivery delivery && isFirst(delivery)) {
          way(delivery.getMessage(), record.value().getAt(), ledger, clock).ifPresent(ways::add);
        }
      }
    }
    return new MessageWays(ways);
  }

  @Override
  public void close() {
    consumer.close();
  }

  private static boolean isFirst(Delivery delivery) {
    return delivery.getTargets().stream().noneMatch(target -> target.getDuplicate());
  }

  private Optional<MessageWays.Way> way(
      ClientMessage message, Instant downlinkAt, Ledger ledger, WallClock clock) {
    long number = payloads.number(Unpooled.wrappedBuffer(message.getPayload().duplicate()));
    return (number < 0 ? Optional.<Phase>empty() : ledger.phase(number))
        .filter(phase -> phase.isMeasured(number))
        .map(
            phase -> {
              Stopwatch watch = new Stopwatch(clock.micros(phase.intendedNanos(number)));
              watch.step("sent → accepted at the edge", message.getAcceptedAt());
              for (StageStamp stamp : message.getStamps()) {
                watch.step("→ " + stamp.getStage(), stamp.getAt());
              }
              watch.step("→ downlink", downlinkAt);
              watch.step("→ received", clock.micros(phase.arrivedNanos(number)));
              return new MessageWays.Way(phase, message.getVerdict().name(), watch.steps);
            });
  }

  /** Takes the time from one stamp to the next. */
  private static final class Stopwatch {

    private final Map<String, Long> steps = new LinkedHashMap<>();
    private long at;

    Stopwatch(long at) {
      this.at = at;
    }

    void step(String name, Instant to) {
      step(name, WallClock.micros(to));
    }

    void step(String name, long to) {
      steps.put(name, to - at);
      at = to;
    }
  }
}
