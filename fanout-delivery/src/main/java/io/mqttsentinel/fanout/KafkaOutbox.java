package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.RoutingKey;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SubscriptionChange;
import java.time.Clock;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Forwards to the sinks of the topology. */
final class KafkaOutbox implements Outbox {

  private final ProcessorContext<Object, SpecificRecord> context;
  private final String region;
  private final Clock clock;

  KafkaOutbox(ProcessorContext<Object, SpecificRecord> context, String region, Clock clock) {
    this.context = context;
    this.region = region;
    this.clock = clock;
  }

  @Override
  public void downlink(int lane, SpecificRecord body) {
    Instant now = clock.instant();
    forward(lane, new Downlink(region, lane, now, body), now, FanoutTopology.DOWNLINK_SINK);
  }

  @Override
  public void subscriptionChange(SubscriptionChange change) {
    forward(
        change.getTopicFilter(), change, clock.instant(), FanoutTopology.SUBSCRIPTION_CHANGES_SINK);
  }

  @Override
  public void routed(String clientId, RoutedMessage message) {
    forward(clientId, message, clock.instant(), FanoutTopology.SESSION_DELIVERIES_SINK);
  }

  @Override
  public void handOn(RoutedMessage message) {
    // Such a key lies in the partition of the topic: Placement.byRoutingKey.
    routed(RoutingKey.of(message.getMessage().getTopic()), message);
  }

  @Override
  public void inbound(InspectedMessage message) {
    forward(message.getClientId(), message, clock.instant(), FanoutTopology.INBOUND_SINK);
  }

  @Override
  public void sessionEvent(SessionEvent event) {
    forward(event.getClientId(), event, clock.instant(), FanoutTopology.SESSION_EVENTS_SINK);
  }

  @Override
  public void edgeEvent(EdgeEvent event) {
    forward(event.getEdge(), event, clock.instant(), FanoutTopology.EDGE_EVENTS_SINK);
  }

  @Override
  public void edgeOver(EdgeEvent event) {
    forward(event.getEdge(), event, clock.instant(), FanoutTopology.EDGES_OVER_SINK);
  }

  private void forward(Object key, SpecificRecord value, Instant at, String sink) {
    context.forward(new Record<>(key, value, at.toEpochMilli()), sink);
  }
}
