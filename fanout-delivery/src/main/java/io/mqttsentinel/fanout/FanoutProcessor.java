package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.DeliveryAck;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.QueueEntry;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SubscriptionChange;
import io.mqttsentinel.schemas.TopicLayout;
import java.time.Clock;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition: gives the stores of its task to sessions, deliveries and router, and each of them
 * the records that it is to handle.
 */
final class FanoutProcessor implements Processor<String, SpecificRecord, Object, SpecificRecord> {

  private static final Logger LOG = LoggerFactory.getLogger(FanoutProcessor.class);
  private static final Duration TICK = Duration.ofSeconds(1);

  private final FanoutConfig config;
  private final String region;
  private final TopicLayout layout;
  private final AvroSerdes serdes;
  private final FanoutMetrics metrics;
  private final Clock clock;

  private ProcessorContext<Object, SpecificRecord> context;
  private FanoutMetrics.Share counts;
  private Deduplication seen;
  private Deliveries deliveries;
  private Router router;
  private Sessions sessions;

  FanoutProcessor(
      FanoutConfig config,
      String region,
      TopicLayout layout,
      AvroSerdes serdes,
      FanoutMetrics metrics,
      Clock clock) {
    this.config = config;
    this.region = region;
    this.layout = layout;
    this.serdes = serdes;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<Object, SpecificRecord> task) {
    context = task;
    counts = metrics.share();
    OwnPartition own = new OwnPartition(task.taskId().partition(), layout.partitions());
    Outbox outbox = new KafkaOutbox(task, region, clock);
    SessionTable table =
        new SessionTable(
            task.getStateStore(FanoutTopology.SESSIONS),
            task.getStateStore(FanoutTopology.TIMERS),
            config.cachedSessions());
    DeliveryQueue queue =
        new DeliveryQueue(
            task.getStateStore(FanoutTopology.QUEUE),
            serdes.named(FanoutTopology.QUEUE, QueueEntry.class),
            clock.instant());
    Subscriptions subscriptions =
        new Subscriptions(
            task.getStateStore(FanoutTopology.EXACT_SUBSCRIPTIONS),
            task.getStateStore(FanoutTopology.WILDCARD_SUBSCRIPTIONS));
    seen =
        new Deduplication(
            task.getStateStore(FanoutTopology.DEDUPLICATION), config.deduplicationAge());
    deliveries = new Deliveries(table, queue, outbox, config, metrics, clock);
    router = new Router(own, subscriptions, seen, deliveries, outbox, metrics, clock);
    sessions =
        new Sessions(
            table,
            deliveries,
            new RouterUpdates(own, router, outbox, region, clock),
            outbox,
            config,
            metrics,
            counts);
    task.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, now -> tick());
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    long offset = context.recordMetadata().map(RecordMetadata::offset).orElse(-1L);
    switch (record.value()) {
      case InspectedMessage message -> router.route(message, offset);
      case DeliveryAck ack when hasLane(ack.getLane()) -> deliveries.acknowledged(ack);
      case SessionEvent event when hasLane(event.getLane()) -> sessions.apply(event, offset);
      case SubscriptionChange change when hasLane(change.getLane()) -> router.apply(change);
      case RoutedMessage routed -> router.deliver(routed, offset);
      case null, default -> reject(record);
    }
  }

  @Override
  public void close() {
    counts.close();
  }

  private void tick() {
    sessions.expire(clock.instant());
    seen.sweep(clock.instant());
  }

  private boolean hasLane(int lane) {
    return lane >= 0 && lane < layout.lanes();
  }

  /** An answer to a lane that the downlink does not have would stop the partition for good. */
  private void reject(Record<String, SpecificRecord> record) {
    metrics.rejected.increment();
    LOG.warn(
        "A record of {} with key {} is ignored: it has no value, or a lane that is not between 0"
            + " and {} (sentinel.kafka.lanes)",
        context.recordMetadata().map(RecordMetadata::topic).orElse("?"),
        record.key(),
        layout.lanes() - 1);
  }
}
