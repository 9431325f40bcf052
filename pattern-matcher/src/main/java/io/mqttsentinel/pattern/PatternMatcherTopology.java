package io.mqttsentinel.pattern;

import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopicIo;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.TopicFilter;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;

/** Every inbound message, in its order, handed on with what the signatures say of it. */
public final class PatternMatcherTopology {

  private PatternMatcherTopology() {}

  static Topology build(
      AvroSerdes serdes,
      ActiveRules rules,
      List<TopicFilter> alertTopics,
      DecodeLimits limits,
      ServiceMetrics.Stage stage,
      RuleMetrics metrics,
      Clock clock) {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<String, InspectedMessage> inbound =
        builder.stream(
            Topics.MQTT_INBOUND.name(),
            TopicIo.from(Topics.MQTT_INBOUND, serdes, "inbound-messages"));
    inbound
        .processValues(
            () -> new PatternProcessor(rules, alertTopics, limits, stage, metrics, clock),
            Named.as("match-patterns"))
        .to(
            Topics.INSPECTED_PATTERN.name(),
            TopicIo.to(Topics.INSPECTED_PATTERN, serdes, "pattern-inspected-messages"));
    return builder.build();
  }
}
