package io.mqttsentinel.runtime;

import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topology at work. A thread that fails is replaced and reads again from the last commit; closing
 * leaves the group, so that the next instance need not wait for a time-out.
 */
public final class RunningTopology implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunningTopology.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final String service;
  private final KafkaStreams streams;
  private final KafkaStreamsMetrics streamsMetrics;

  RunningTopology(
      String service, Topology topology, Properties properties, ServiceMetrics metrics) {
    this.service = service;
    this.streams = new KafkaStreams(topology, properties);
    this.streamsMetrics = new KafkaStreamsMetrics(streams);
    streams.setStateListener((now, before) -> LOG.info("{}: {} after {}", service, now, before));
    streams.setUncaughtExceptionHandler(
        failure -> {
          LOG.error("{}: a stream thread failed and is replaced", service, failure);
          return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
    streamsMetrics.bindTo(metrics.registry());
  }

  void start() {
    streams.start();
  }

  public String service() {
    return service;
  }

  public KafkaStreams.State state() {
    return streams.state();
  }

  /** For queries on the topology's stores. */
  public KafkaStreams streams() {
    return streams;
  }

  @Override
  public void close() {
    boolean closed =
        streams.close(
            CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_LIMIT));
    if (!closed) {
      LOG.warn("{}: did not close within {}", service, CLOSE_LIMIT);
    }
    streamsMetrics.close();
  }
}
