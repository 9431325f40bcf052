package io.mqttsentinel.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.Test;

class OriginEnvelopeTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.000008Z");

  private final OriginEnvelope envelope =
      new OriginEnvelope(
          Instant.parse("2025-01-01T00:00:00.001Z"),
          "north",
          "bridge-0",
          OriginAddress.parse("ws://origin.example/mqtt"));

  @Test
  void identityIsOneEpochAndAnAscendingSequence() {
    InspectedMessage first = envelope.wrap("a", message(), NOW);
    InspectedMessage second = envelope.wrap("b", message(), NOW);
    assertEquals((1L << 22) | (1023L << 12), first.getEpoch());
    assertEquals(first.getEpoch(), second.getEpoch());
    assertEquals(1, first.getSequence());
    assertEquals(2, second.getSequence());
  }

  @Test
  void publisherIsTheOwnerOfTheTopic() {
    assertEquals("dev-1", envelope.wrap("clients/dev-1/alerts", message(), NOW).getClientId());
    assertEquals("plant/7", envelope.wrap("plant/7", message(), NOW).getClientId());
    assertEquals("clients/", envelope.wrap("clients/", message(), NOW).getClientId());
  }

  @Test
  void sourceIsTheOrigin() {
    InspectedMessage wrapped = envelope.wrap("clients/dev-1/alerts", message(), NOW);
    assertEquals(MessageSource.ORIGIN, wrapped.getSource());
    assertEquals("north", wrapped.getRegion());
    assertEquals("bridge-0", wrapped.getEdge());
    assertEquals("origin.example:80", wrapped.getRemoteAddress());
    assertNull(wrapped.getUsername());
    assertEquals(NOW, wrapped.getAcceptedAt());
    assertEquals(List.of(), wrapped.getFindings());
  }

  @Test
  void whatTheOriginSaidIsKept() {
    MqttProperties properties = new MqttProperties();
    properties.setPayloadFormat(true);
    properties.setMessageExpiryInterval(9L);
    properties.setContentType("c");
    properties.setResponseTopic("r");
    properties.setCorrelationData(new byte[] {7});
    properties.setUserProperties(List.of(new UserProperty("k", "2"), new UserProperty("k", "1")));
    MqttMessage message = new MqttMessage(new byte[] {1, 2, 3}, 1, true, properties);
    InspectedMessage wrapped = envelope.wrap("t", message, NOW);
    assertEquals(ByteBuffer.wrap(new byte[] {1, 2, 3}), wrapped.getPayload());
    assertEquals(1, wrapped.getQos());
    assertEquals(true, wrapped.getRetain());
    assertEquals(1, wrapped.getProperties().getPayloadFormatIndicator());
    assertEquals(9L, wrapped.getProperties().getMessageExpirySeconds());
    assertEquals("c", wrapped.getProperties().getContentType());
    assertEquals("r", wrapped.getProperties().getResponseTopic());
    assertEquals(ByteBuffer.wrap(new byte[] {7}), wrapped.getProperties().getCorrelationData());
    assertEquals(
        List.of("k=2", "k=1"),
        wrapped.getProperties().getUserProperties().stream()
            .map(p -> p.getName() + "=" + p.getValue())
            .toList());
  }

  @Test
  void whatTheOriginDidNotSayIsAbsent() {
    InspectedMessage wrapped = envelope.wrap("t", message(), NOW);
    assertNull(wrapped.getProperties().getPayloadFormatIndicator());
    assertNull(wrapped.getProperties().getMessageExpirySeconds());
    assertNull(wrapped.getProperties().getCorrelationData());
    assertEquals(List.of(), wrapped.getProperties().getUserProperties());
  }

  private static MqttMessage message() {
    return new MqttMessage(new byte[0], 0, false, new MqttProperties());
  }
}
