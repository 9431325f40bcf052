package io.mqttsentinel.bridge;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.RoutingKey;
import io.mqttsentinel.schemas.UserProperty;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * Puts messages of the origin into the envelope: one epoch for each start of the bridge, one
 * sequence over all its messages. The publisher is the client in whose tree the topic lies, so that
 * one bridge is no hot partition.
 */
final class OriginEnvelope {

  /** Beyond every edge's lane, so that no edge can have the same epoch. */
  private static final long LANE = 1023;

  private static final long EPOCH_START = Instant.parse("2025-01-01T00:00:00Z").toEpochMilli();

  private final long epoch;
  private final String region;
  private final String instance;
  private final String origin;
  private final AtomicLong sequence = new AtomicLong();

  OriginEnvelope(Instant start, String region, String instance, OriginAddress origin) {
    this.epoch = ((start.toEpochMilli() - EPOCH_START) << 22) | (LANE << 12);
    this.region = region;
    this.instance = instance;
    this.origin = origin.toString();
  }

  InspectedMessage wrap(String topic, MqttMessage message, Instant acceptedAt) {
    return InspectedMessage.newBuilder()
        .setEpoch(epoch)
        .setSequence(sequence.incrementAndGet())
        .setSource(MessageSource.ORIGIN)
        .setRegion(region)
        .setEdge(instance)
        .setClientId(Objects.requireNonNullElse(RoutingKey.owner(topic), topic))
        .setRemoteAddress(origin)
        .setTopic(topic)
        .setPayload(ByteBuffer.wrap(message.getPayload()))
        .setQos(message.getQos())
        .setRetain(message.isRetained())
        .setProperties(properties(message.getProperties()))
        .setAcceptedAt(acceptedAt)
        .setAttributes(Map.of())
        .setFindings(List.of())
        .setStamps(List.of())
        .build();
  }

  private static MessageProperties properties(MqttProperties from) {
    if (from == null) {
      return MessageProperties.newBuilder().build();
    }
    byte[] correlation = from.getCorrelationData();
    return MessageProperties.newBuilder()
        // The client does not tell "0" from "not set"; both mean bytes of any kind.
        .setPayloadFormatIndicator(from.getPayloadFormat() ? 1 : null)
        .setMessageExpirySeconds(from.getMessageExpiryInterval())
        .setContentType(from.getContentType())
        .setResponseTopic(from.getResponseTopic())
        .setCorrelationData(correlation == null ? null : ByteBuffer.wrap(correlation))
        .setUserProperties(
            from.getUserProperties().stream()
                .map(property -> new UserProperty(property.getKey(), property.getValue()))
                .toList())
        .build();
  }
}
