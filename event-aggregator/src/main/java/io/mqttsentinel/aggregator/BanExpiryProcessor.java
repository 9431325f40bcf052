package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanExpiry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Clears bans whose time is over out of their topic, by tombstones that it alone writes. Where a
 * ban was renewed before its tombstone got into the topic, the ban is written once more behind it:
 * the order of the topic decides, and this task reads all of it.
 */
final class BanExpiryProcessor implements Processor<String, Ban, String, Ban> {

  static final String BANS = "aggregator-bans";

  /** Keys of bans, by the time at which they end. */
  static final String ENDS = "aggregator-ban-ends";

  /** Longer than clocks differ: who still thinks that the ban holds shall find it. */
  static final Duration GRACE = Duration.ofHours(1);

  static final Duration INTERVAL = Duration.ofSeconds(1);

  /** In one go: verdicts wait for the same thread. */
  static final int MOST = 500;

  /** After which a tombstone that did not come back is written again. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String BEGINNING = "0";

  private final AggregatorMetrics metrics;
  private ProcessorContext<String, Ban> context;
  private KeyValueStore<String, Ban> bans;
  private KeyValueStore<String, String> ends;
  private String next = BEGINNING;
  private Instant began = Instant.MIN;

  BanExpiryProcessor(AggregatorMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<String, Ban> context) {
    this.context = context;
    bans = context.getStateStore(BANS);
    ends = context.getStateStore(ENDS);
    context.schedule(INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::clearAway);
  }

  @Override
  public void process(Record<String, Ban> record) {
    Ban known = bans.get(record.key());
    Ban ban = record.value();
    if (ban == null && known != null && BanExpiry.isMarked(record.headers()) && !isOver(known)) {
      context.forward(record.withValue(known).withHeaders(new RecordHeaders()));
      metrics.banRestored();
      return;
    }
    if (known != null && known.getUntil() != null) {
      ends.delete(end(known.getUntil(), record.key()));
    }
    if (ban == null) {
      bans.delete(record.key());
    } else {
      bans.put(record.key(), ban);
      if (ban.getUntil() != null) {
        ends.put(end(ban.getUntil(), record.key()), record.key());
      }
    }
  }

  private boolean isOver(Ban ban) {
    return BanExpiry.isOver(ban, Instant.ofEpochMilli(context.currentSystemTimeMs()));
  }

  /** What is known of a ban goes when its tombstone has come back, see {@link #process}. */
  private void clearAway(long time) {
    Instant now = Instant.ofEpochMilli(time);
    if (!now.isBefore(began.plus(PATIENCE))) {
      began = now;
      next = BEGINNING;
    }
    String last = end(now.minus(GRACE).plus(1, ChronoUnit.MICROS), ""); // before all that end then
    try (KeyValueIterator<String, String> over = ends.range(next, last)) {
      for (int written = 0; written < MOST && over.hasNext(); written++) {
        KeyValue<String, String> end = over.next();
        next = end.key + '\0'; // the first key behind it
        context.forward(new Record<>(end.value, null, time, BanExpiry.headers()));
        metrics.banExpired();
      }
    }
  }

  /** In the order of time. */
  private static String end(Instant until, String key) {
    long micros = Math.max(0, ChronoUnit.MICROS.between(Instant.EPOCH, until));
    return "%016x".formatted(micros) + key;
  }
}
