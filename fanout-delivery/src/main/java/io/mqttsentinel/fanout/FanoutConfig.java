package io.mqttsentinel.fanout;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;

/**
 * Limits of sessions and their queues.
 *
 * @param window deliveries of QoS 1 and 2 that may be out to one client at a time; a client's
 *     Receive Maximum can only lower it
 * @param queueMaxMessages of one client, at most 60000; beyond it the oldest message that is not
 *     out is dropped
 * @param queueMaxBytes of one client, as stored; same rule
 * @param queueMaxAge after which a message that never went out is dropped, whatever its own expiry
 * @param deduplicationAge how long a publisher that fell silent is remembered; a message that is
 *     repeated later than that is delivered twice. As long as the inspection topics keep records
 *     nothing older can be replayed
 * @param maxSubscriptionBytes of all topic filters of one session; what goes beyond is refused with
 *     0x97, because a session must fit into one record
 * @param cachedSessions of one partition that are kept in memory
 * @param edgePatience how long an edge may give no sign of life before its connections are over and
 *     their wills due, in whole seconds; several of {@code sentinel.edge.heartbeat}
 */
@ConfigurationProperties("sentinel.fanout")
public record FanoutConfig(
    @Bindable(defaultValue = "64") int window,
    @Bindable(defaultValue = "10000") int queueMaxMessages,
    @Bindable(defaultValue = "4194304") long queueMaxBytes,
    @Bindable(defaultValue = "72h") Duration queueMaxAge,
    @Bindable(defaultValue = "6h") Duration deduplicationAge,
    @Bindable(defaultValue = "262144") int maxSubscriptionBytes,
    @Bindable(defaultValue = "10000") int cachedSessions,
    @Bindable(defaultValue = "5s") Duration edgePatience) {

  /** A queue must at least hold the largest message that an edge accepts, or it holds nothing. */
  private static final long LEAST_QUEUE_BYTES = 512 * 1024;

  /** What fits into one record together with the rest of a session, a large will for one. */
  private static final int MOST_SUBSCRIPTION_BYTES = 512 * 1024;

  /** Each message of a queue has a packet id of its own, of which there are 65535. */
  private static final int MOST_MESSAGES = 60_000;

  public FanoutConfig {
    ConfigCheck.between("sentinel.fanout.window", window, 1, 65_535);
    ConfigCheck.require(
        queueMaxMessages >= window && queueMaxMessages <= MOST_MESSAGES,
        "sentinel.fanout.queue-max-messages",
        queueMaxMessages,
        "between sentinel.fanout.window (" + window + ") and " + MOST_MESSAGES);
    ConfigCheck.atLeast("sentinel.fanout.queue-max-bytes", queueMaxBytes, LEAST_QUEUE_BYTES);
    ConfigCheck.positive("sentinel.fanout.queue-max-age", queueMaxAge);
    ConfigCheck.positive("sentinel.fanout.deduplication-age", deduplicationAge);
    ConfigCheck.between(
        "sentinel.fanout.max-subscription-bytes",
        maxSubscriptionBytes,
        1024,
        MOST_SUBSCRIPTION_BYTES);
    ConfigCheck.atLeast("sentinel.fanout.cached-sessions", cachedSessions, 1);
    ConfigCheck.require(
        edgePatience.compareTo(EdgeWatch.BEAT) >= 0,
        "sentinel.fanout.edge-patience",
        edgePatience,
        "at least " + EdgeWatch.BEAT.toSeconds() + "s");
  }
}
