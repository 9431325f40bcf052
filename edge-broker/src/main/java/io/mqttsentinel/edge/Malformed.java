package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.mqtt.MqttIdentifierRejectedException;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;

/** What the decoder could not read, as reason codes. */
final class Malformed {

  private Malformed() {}

  /** Null where the packet was read. */
  @Nullable
  static Refusal of(MqttMessage packet) {
    if (!packet.decoderResult().isFailure()) {
      return null;
    }
    Throwable failure = packet.decoderResult().cause();
    if (failure instanceof PacketRefused refused) {
      return refused.refusal();
    }
    if (failure instanceof TooLongFrameException) {
      return new Refusal(ReasonCode.PACKET_TOO_LARGE, "packet_too_large");
    }
    if (failure instanceof MqttUnacceptableProtocolVersionException) {
      return new Refusal(ReasonCode.UNSUPPORTED_VERSION, "protocol_version");
    }
    if (failure instanceof MqttIdentifierRejectedException) {
      return new Refusal(ReasonCode.CLIENT_ID_NOT_VALID, "client_id_invalid");
    }
    boolean publish =
        packet.fixedHeader() != null
            && packet.fixedHeader().messageType() == MqttMessageType.PUBLISH;
    String message = String.valueOf(failure.getMessage());
    if (publish && message.startsWith("invalid publish topic name")) {
      return new Refusal(ReasonCode.TOPIC_INVALID, "topic_wildcard");
    }
    if (message.startsWith("invalid messageId")) {
      return new Refusal(ReasonCode.PROTOCOL_ERROR, "packet_id_zero");
    }
    return new Refusal(ReasonCode.MALFORMED_PACKET, "malformed_packet");
  }
}
