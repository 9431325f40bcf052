package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A message that nobody sent, to inspect a payload. */
final class TrialMessage {

  private TrialMessage() {}

  static InspectedMessage of(String topic, byte[] payload) {
    InspectedMessage message = new InspectedMessage();
    message.setClientId("device");
    message.setTopic(topic);
    message.setPayload(ByteBuffer.wrap(payload));
    message.setRemoteAddress("");
    message.setAttributes(Map.of());
    message.setAcceptedAt(Instant.EPOCH);
    message.setProperties(new MessageProperties(null, null, null, null, null, List.of()));
    return message;
  }
}
