package io.mqttsentinel.aggregator;

import io.micrometer.core.instrument.Counter;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.NodeConfig;
import io.mqttsentinel.runtime.TopicCreation;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.schemas.VerdictStats;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/** What each instance knows of all, and how it comes to know it. */
@Factory
final class LiveView {

  private final KafkaConfig kafka;
  private final AvroSerdes serdes;
  private final AggregatorMetrics metrics;

  LiveView(KafkaConfig kafka, AvroSerdes serdes, AggregatorMetrics metrics, TopicCreation topics) {
    this.kafka = kafka;
    this.serdes = serdes;
    this.metrics = metrics;
    topics.ensure();
  }

  @Singleton
  RecentEvents recentEvents(EventAggregatorConfig config) {
    return new RecentEvents(config.recentEvents());
  }

  @Singleton
  VerdictWindow verdictWindow(EventAggregatorConfig config, Clock clock) {
    return new VerdictWindow(config.statsHistory(), config.latencyWindow(), clock);
  }

  @Context
  @Bean(preDestroy = "close")
  Follower<SecurityEvent> eventFollower(
      EventAggregatorConfig config, RecentEvents events, LiveStream stream) {
    return follower(
        Topics.SECURITY_EVENTS,
        new Start.Tail(config.recentEvents()),
        event -> {
          if (events.add(event)) {
            stream.offer(event);
          }
        });
  }

  @Context
  @Bean(preDestroy = "close")
  Follower<VerdictStats> statsFollower(
      EventAggregatorConfig config, VerdictWindow window, Clock clock) {
    return follower(
        Topics.VERDICT_STATS, new Start.Since(config.statsHistory(), clock), window::add);
  }

  @Context
  @Bean(preDestroy = "close")
  StatsReporter statsReporter(
      EventAggregatorConfig config, NodeConfig node, VerdictCounts counts, Clock clock) {
    return new StatsReporter(kafka, node, serdes, counts, clock, config.downlinkSample());
  }

  private <V extends SpecificRecord> Follower<V> follower(
      Topic<String, V> topic, Start start, Consumer<V> reader) {
    Counter unreadable = metrics.unreadable(topic.name());
    return new Follower<>(
        kafka, topic, serdes.value(topic).deserializer(), start, reader, unreadable);
  }
}
