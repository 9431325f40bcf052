package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.DeliveryAck;
import io.mqttsentinel.schemas.DeliveryReceived;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.QueueEntry;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SubscriptionChange;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
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
  private static final Duration SLICE_PAUSE = Duration.ofMillis(20);
  private static final int SURVEYED_AT_A_TIME = 200;
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final FanoutConfig config;
  private final String region;
  private final TopicLayout layout;
  private final AvroSerdes serdes;
  private final FanoutMetrics metrics;
  private final Clock clock;

  private ProcessorContext<Object, SpecificRecord> context;
  private FanoutMetrics.Share counts;
  private Commits commits;
  private Background afterCommit;
  private RetainedMessages retained;
  private EdgeWatch edges;
  private EdgeSessions lost;
  private Deduplication seen;
  private Acknowledgements acknowledgements;
  private RetainedScans scans;
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
            clock);
    Subscriptions subscriptions =
        new Subscriptions(
            task.getStateStore(FanoutTopology.EXACT_SUBSCRIPTIONS),
            task.getStateStore(FanoutTopology.WILDCARD_SUBSCRIPTIONS));
    commits = task.getStateStore(FanoutTopology.COMMITS);
    seen =
        new Deduplication(
            task.getStateStore(FanoutTopology.DEDUPLICATION), commits, config.deduplicationAge());
    afterCommit = new Background(task, AT_ONCE, this::afterCommit);
    Unwritten unwritten = new Unwritten(commits, this::commitSoon);
    SharedLeftovers leftovers = new SharedLeftovers(outbox, metrics, clock);
    Sending sending = new Sending(queue, unwritten, outbox, config.window(), metrics, clock);
    acknowledgements = new Acknowledgements(table, queue, sending, unwritten, metrics);
    Deliveries deliveries =
        new Deliveries(
            table,
            queue,
            new Queueing(queue, sending, unwritten, config, metrics),
            sending,
            leftovers,
            outbox,
            clock);
    unwritten.whenWritten(deliveries::written);
    retained = new RetainedMessages(task.getStateStore(FanoutTopology.RETAINED), metrics);
    router =
        new Router(
            own,
            subscriptions,
            seen,
            retained,
            scans(own, subscriptions, outbox),
            deliveries,
            outbox,
            metrics,
            clock);
    sessions =
        new Sessions(
            table,
            deliveries,
            new SessionSubscriptions(
                table,
                new RouterUpdates(own, router, outbox, region, clock),
                config,
                metrics,
                counts),
            new InboundPublishes(table, metrics),
            new Wills(table, outbox, commits, this::commitSoon, metrics, clock),
            outbox,
            metrics,
            counts,
            clock);
    edges =
        new EdgeWatch(
            own.number(),
            region,
            config.edgePatience(),
            task.getStateStore(FanoutTopology.EDGES),
            outbox,
            commits,
            this::commitSoon,
            metrics,
            clock);
    Background closing = new Background(task, SLICE_PAUSE, () -> lost.next());
    lost =
        new EdgeSessions(
            table,
            task.getStateStore(FanoutTopology.EDGES_OVER),
            outbox,
            commits,
            this::commitSoon,
            metrics,
            clock,
            closing::wake);
    new Background(task, SLICE_PAUSE, () -> queue.survey(SURVEYED_AT_A_TIME, table::has)).wake();
    task.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, now -> tick());
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    long offset = context.recordMetadata().map(RecordMetadata::offset).orElse(-1L);
    commits.work();
    switch (record.value()) {
      case InspectedMessage message when !Router.isCleared(message) -> refuse(message, offset);
      case InspectedMessage message -> router.route(message, offset);
      case DeliveryAck ack when hasLane(ack.getLane()) -> acknowledgements.acknowledged(ack);
      case SessionEvent event when hasLane(event.getLane()) -> apply(event, offset);
      case SubscriptionChange change when hasLane(change.getLane()) -> router.apply(change, offset);
      case RoutedMessage routed -> router.deliver(routed, offset);
      case EdgeEvent edge when isFrom(Topics.EDGES_OVER) -> over(edge);
      case EdgeEvent edge -> edges.read(edge);
      case null, default -> reject(record);
    }
  }

  private void apply(SessionEvent event, long offset) {
    if (event.getBody() instanceof DeliveryReceived received) {
      acknowledgements.received(event.getClientId(), received.getDeliveryIds());
    } else {
      sessions.apply(event, offset);
    }
  }

  @Override
  public void close() {
    counts.close();
  }

  private RetainedScans scans(OwnPartition own, Subscriptions subscriptions, Outbox outbox) {
    Background scanning = new Background(context, SLICE_PAUSE, () -> scans.next());
    scans =
        new RetainedScans(
            own,
            retained,
            context.getStateStore(FanoutTopology.RETAINED_SCANS),
            subscriptions,
            outbox,
            metrics,
            clock,
            scanning::wake);
    return scans;
  }

  private void over(EdgeEvent edge) {
    if (edge.getRegion().equals(region)) {
      lost.over(edge);
    }
  }

  private boolean isFrom(Topic<?, ?> topic) {
    return context.recordMetadata().map(m -> m.topic().equals(topic.name())).orElse(false);
  }

  /** The end of a commit is no event: until then every round of the task looks for it. */
  private void commitSoon() {
    commits.ask();
    commitIfDue();
    afterCommit.wake();
  }

  private boolean afterCommit() {
    commits.work();
    commitIfDue();
    return !commits.isIdle();
  }

  private void commitIfDue() {
    if (commits.isDue()) {
      context.commit();
    }
  }

  private void tick() {
    commits.work();
    sessions.expire(clock.instant());
    seen.sweep(clock.instant());
    retained.sweep(clock.instant());
    edges.beat();
  }

  /** A stage that fails must not open the door. */
  private void refuse(InspectedMessage message, long offset) {
    metrics.withoutVerdict.increment();
    LOG.warn(
        "A message of epoch {} and sequence {} at offset {} of messages.cleared is not delivered:"
            + " its verdict is {}, expected ALLOW or FLAG",
        message.getEpoch(),
        message.getSequence(),
        offset,
        message.getVerdict() == null ? "missing" : message.getVerdict().getAction());
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
