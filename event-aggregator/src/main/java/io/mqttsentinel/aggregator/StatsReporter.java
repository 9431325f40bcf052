package io.mqttsentinel.aggregator;

import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.NodeConfig;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.schemas.VerdictStats;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells all instances, once a second, what this one decided. */
final class StatsReporter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StatsReporter.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final KafkaConfig kafka;
  private final NodeConfig node;
  private final AvroSerdes serdes;
  private final VerdictCounts counts;
  private final Clock clock;
  private final int downlinkSample;
  private final long bootId;
  private final Producer<byte[], byte[]> producer;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private DownlinkSampler sampler;
  private Instant last;

  StatsReporter(
      KafkaConfig kafka,
      NodeConfig node,
      AvroSerdes serdes,
      VerdictCounts counts,
      Clock clock,
      int downlinkSample) {
    this.kafka = kafka;
    this.node = node;
    this.serdes = serdes;
    this.counts = counts;
    this.clock = clock;
    this.downlinkSample = downlinkSample;
    this.last = clock.instant();
    this.bootId = last.toEpochMilli();
    Map<String, Object> settings = kafka.client();
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, "verdict-stats-" + node.instance());
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.thread = Thread.ofPlatform().daemon().name("verdict-stats").start(this::reportUntilClosed);
  }

  private void reportUntilClosed() {
    try {
      while (!closing.await(untilNextSecond(), TimeUnit.MILLISECONDS)) {
        try {
          report();
        } catch (RuntimeException e) {
          LOG.warn("The verdicts of a second could not be reported", e);
        }
      }
      report();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long untilNextSecond() {
    Instant now = clock.instant();
    return now.until(now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1), ChronoUnit.MILLIS) + 1;
  }

  private void report() {
    Instant now = clock.instant();
    Map<String, Long> verdicts = new HashMap<>();
    counts.takeVerdicts().forEach((action, count) -> verdicts.put(action.name(), count));
    VerdictStats stats =
        VerdictStats.newBuilder()
            .setAt(now)
            .setIntervalMicros(last.until(now, ChronoUnit.MICROS))
            .setRegion(node.region())
            .setInstance(node.instance())
            .setBootId(bootId)
            .setVerdicts(verdicts)
            .setDecidedLatency(LatencyHistogram.encode(counts.takeLatency()))
            .setDeliveredLatency(delivered())
            .build();
    last = now;
    send(stats);
  }

  private void send(VerdictStats stats) {
    Topic<String, VerdictStats> topic = Topics.VERDICT_STATS;
    int partitions = producer.partitionsFor(topic.name()).size();
    var _ = // the callback tells of a failure
        producer.send(
            new ProducerRecord<>(
                topic.name(),
                topic.partition(node.instance(), partitions),
                topic.keySerde().serializer().serialize(topic.name(), node.instance()),
                serdes.value(topic).serializer().serialize(topic.name(), stats)),
            (metadata, failure) -> {
              if (failure != null) {
                LOG.warn("The verdicts of a second did not reach {}", topic.name(), failure);
              }
            });
  }

  /** A sample that fails is missing from the page; verdicts must not be missing because of it. */
  private ByteBuffer delivered() {
    if (downlinkSample == 0) {
      return ByteBuffer.allocate(0);
    }
    try {
      if (sampler == null) {
        Topic<Integer, Downlink> downlink = Topics.downlink(node.region());
        sampler =
            new DownlinkSampler(
                kafka, downlink, serdes.value(downlink).deserializer(), downlinkSample);
      }
      Histogram sample = sampler.sample();
      return sample.getTotalCount() == 0 ? ByteBuffer.allocate(0) : LatencyHistogram.encode(sample);
    } catch (RuntimeException e) {
      LOG.warn("No sample of deliveries in this second: {}", e.toString());
      closeSampler();
      return ByteBuffer.allocate(0);
    }
  }

  private void closeSampler() {
    if (sampler != null) {
      sampler.close();
      sampler = null;
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.warn("The report of verdicts did not end within {}", CLOSE_LIMIT);
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeSampler();
    producer.close(CLOSE_LIMIT);
  }
}
