package io.mqttsentinel.aggregator;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;

/**
 * What the aggregator reports and how much of it the page keeps.
 *
 * @param repeatWindow a refusal that comes again within it is counted, and reported once at its end
 * @param repeatsPerAddress different refusals of one address (IPv6: one /64) that are reported
 *     within a window; further ones are counted
 * @param repeatCapacity refusals that one task of the topology tells apart within a window; beyond
 *     it they are counted by kind alone
 * @param escalateAfter repeats within a window that raise the severity by one step
 * @param reportTrials whether a message gets an event that only rules on trial (shadow) speak
 *     against; a broad rule on trial makes many
 * @param recentEvents security events that the page and the API know
 * @param statsHistory how far back the verdict counts reach
 * @param latencyWindow time over which the latency percentiles are taken
 * @param streamClients browsers that may listen at the same time
 * @param streamBuffer updates that wait for a slow browser; one more and it is dropped
 * @param downlinkSample deliveries that are looked at each second; 0 takes no sample
 */
@ConfigurationProperties("sentinel.event-aggregator")
public record EventAggregatorConfig(
    @Bindable(defaultValue = "60s") Duration repeatWindow,
    @Bindable(defaultValue = "10") int repeatsPerAddress,
    @Bindable(defaultValue = "2000") int repeatCapacity,
    @Bindable(defaultValue = "20") int escalateAfter,
    @Bindable(defaultValue = "true") boolean reportTrials,
    @Bindable(defaultValue = "1000") int recentEvents,
    @Bindable(defaultValue = "1h") Duration statsHistory,
    @Bindable(defaultValue = "60s") Duration latencyWindow,
    @Bindable(defaultValue = "100") int streamClients,
    @Bindable(defaultValue = "256") int streamBuffer,
    @Bindable(defaultValue = "100") int downlinkSample) {

  private static final String PREFIX = "sentinel.event-aggregator.";

  public EventAggregatorConfig {
    ConfigCheck.positive(PREFIX + "repeat-window", repeatWindow);
    ConfigCheck.atLeast(PREFIX + "repeats-per-address", repeatsPerAddress, 1);
    ConfigCheck.atLeast(PREFIX + "repeat-capacity", repeatCapacity, 1);
    ConfigCheck.atLeast(PREFIX + "escalate-after", escalateAfter, 1);
    ConfigCheck.between(PREFIX + "recent-events", recentEvents, 50, 100_000);
    ConfigCheck.require(
        isBetween(statsHistory, Duration.ofMinutes(1), Duration.ofDays(1)),
        PREFIX + "stats-history",
        statsHistory,
        "between 1m and 1d");
    ConfigCheck.require(
        isBetween(latencyWindow, Duration.ofSeconds(1), statsHistory),
        PREFIX + "latency-window",
        latencyWindow,
        "between 1s and " + PREFIX + "stats-history (" + statsHistory + ")");
    ConfigCheck.atLeast(PREFIX + "stream-clients", streamClients, 1);
    ConfigCheck.atLeast(PREFIX + "stream-buffer", streamBuffer, 16);
    ConfigCheck.between(PREFIX + "downlink-sample", downlinkSample, 0, 10_000);
  }

  private static boolean isBetween(Duration value, Duration least, Duration most) {
    return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
  }
}
