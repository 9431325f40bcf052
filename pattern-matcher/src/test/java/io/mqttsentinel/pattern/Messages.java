package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Messages as an edge accepts them. */
final class Messages {

  static final Instant ACCEPTED = Instant.parse("2026-03-01T12:00:00Z");

  private Messages() {}

  static InspectedMessage of(String topic, String payload) {
    return of(topic, payload.getBytes(StandardCharsets.UTF_8));
  }

  static InspectedMessage of(String topic, byte[] payload) {
    InspectedMessage message = new InspectedMessage();
    message.setEpoch(7);
    message.setSequence(1);
    message.setSource(MessageSource.DEVICE);
    message.setRegion("local");
    message.setEdge("edge-0");
    message.setClientId("dev-1");
    message.setUsername("user-1");
    message.setRemoteAddress("127.0.0.1:50000");
    message.setTopic(topic);
    message.setPayload(ByteBuffer.wrap(payload));
    message.setQos(1);
    message.setRetain(false);
    message.setProperties(new MessageProperties(null, null, null, null, null, List.of()));
    message.setAcceptedAt(ACCEPTED);
    message.setAttributes(java.util.Map.of());
    message.setFindings(List.of());
    message.setStamps(List.of());
    return message;
  }
}
