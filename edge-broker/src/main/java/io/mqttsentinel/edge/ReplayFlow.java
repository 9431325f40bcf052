package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.RoutingKey;
import io.mqttsentinel.schemas.TopicFilter;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Subscriptions to the past. They belong to this connection alone: no session keeps them and no
 * router knows them. One at a time for each connection, a bounded number for all.
 */
final class ReplayFlow implements AutoCloseable {

  private static final Refusal UNREADABLE =
      new Refusal(ReasonCode.FILTER_INVALID, "replay_filter_invalid");
  private static final Refusal DENIED = new Refusal(ReasonCode.NOT_AUTHORIZED, "replay_denied");
  private static final Refusal TOO_MANY =
      new Refusal(ReasonCode.QUOTA_EXCEEDED, "too_many_replays");
  private static final int IDLE_SECONDS = 10;

  private final ReplayReader reader;
  private final ThreadPoolExecutor threads;
  private final TopicLayout layout;
  private final Clock clock;
  private final Map<Connection, Replay> running = new ConcurrentHashMap<>();

  ReplayFlow(ReplayReader reader, int maxConcurrent, TopicLayout layout, Clock clock) {
    this.reader = reader;
    this.layout = layout;
    this.clock = clock;
    // No queue: whoever finds no reader is told so and not kept waiting.
    this.threads =
        maxConcurrent == 0
            ? null
            : new ThreadPoolExecutor(
                0,
                maxConcurrent,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Thread.ofPlatform().name("edge-replay-", 0).daemon().factory());
  }

  /** Begins a replay; the reason against it, or null. */
  @Nullable
  Refusal subscribe(Connection connection, String topicFilter) {
    ReplayRequest request = ReplayRequest.parse(topicFilter, clock.instant());
    if (request == null) {
      return UNREADABLE;
    }
    if (!isAllowed(connection, request.filter())) {
      return DENIED;
    }
    int partition =
        Topics.MESSAGES_CLEARED.partition(
            request.filter().toString(), Topics.MESSAGES_CLEARED.partitions(layout));
    Replay replay = new Replay(connection, request, partition);
    if (threads == null || running.putIfAbsent(connection, replay) != null) {
      return TOO_MANY;
    }
    try {
      threads.execute(() -> run(replay));
      return null;
    } catch (RejectedExecutionException e) {
      running.remove(connection, replay);
      return TOO_MANY;
    }
  }

  /** Whether there was one with this filter. */
  boolean unsubscribe(Connection connection, String topicFilter) {
    Replay replay = running.get(connection);
    boolean same =
        replay != null && topicFilter.equals(replay.request().prefix() + replay.request().filter());
    if (same) {
      replay.stop();
      running.remove(connection, replay);
    }
    return same;
  }

  void ended(Connection connection) {
    Replay replay = running.remove(connection);
    if (replay != null) {
      replay.stop();
    }
  }

  int running() {
    return running.size();
  }

  private void run(Replay replay) {
    try {
      reader.read(replay);
    } finally {
      running.remove(replay.connection(), replay);
    }
  }

  /** What it may hear now, within its own tree: that is one partition, and nobody else's past. */
  private static boolean isAllowed(Connection connection, TopicFilter filter) {
    Grant grant = connection.grant();
    String text = filter.toString();
    if (text.startsWith("$") || !grant.maySubscribe(filter, 0)) {
      return false;
    }
    if (grant.superuser()) {
      return !filter.hasWildcards();
    }
    String owner = RoutingKey.owner(text);
    return owner != null
        && !TopicCheck.hasWildcard(owner)
        && owner.equals(connection.client().clientId());
  }

  void close(Duration limit) {
    running.values().forEach(Replay::stop);
    if (threads == null) {
      return;
    }
    threads.shutdownNow();
    try {
      var _ = threads.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(Duration.ZERO);
  }
}
