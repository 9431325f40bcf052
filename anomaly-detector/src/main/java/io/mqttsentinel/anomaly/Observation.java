package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.RoutingKey;
import java.nio.ByteBuffer;

/** One message as detectors look at it; what several of them ask for is computed once. */
final class Observation {

  private final InspectedMessage message;
  private final ClassBaseline peers;
  private final boolean replay;
  private final long at;
  private final byte[] payload;
  private PayloadType type;
  private double entropy = -1;

  /**
   * @param peers of the clients of the same class, or null
   * @param replay whether the profile knows it already
   */
  Observation(InspectedMessage message, ClassBaseline peers, boolean replay) {
    this.message = message;
    this.replay = replay;
    this.peers = peers;
    this.at = message.getAcceptedAt().toEpochMilli();
    ByteBuffer bytes = message.getPayload();
    this.payload = new byte[bytes.remaining()];
    bytes.get(bytes.position(), payload);
  }

  InspectedMessage message() {
    return message;
  }

  /** Milliseconds, when the message was accepted. */
  long at() {
    return at;
  }

  /** Not to be changed. */
  byte[] payload() {
    return payload;
  }

  /** Processed again after a crash, or the will of a session: teaches nothing. */
  boolean isReplay() {
    return replay;
  }

  boolean isFromOrigin() {
    return message.getSource() == MessageSource.ORIGIN;
  }

  /** What the origin sends to a topic that is no client's has a pace of its own. */
  boolean isBroadcast() {
    return isFromOrigin() && RoutingKey.owner(message.getTopic()) == null;
  }

  PayloadType type() {
    if (type == null) {
      type = PayloadType.of(payload);
    }
    return type;
  }

  /** Of the payload as it is, bits a byte. */
  double entropy() {
    if (entropy < 0) {
      entropy = Entropy.of(payload, 0, payload.length);
    }
    return entropy;
  }

  /** Null where the client belongs to no class. */
  ClassBaseline peers() {
    return peers;
  }

  /** Whether the class is known well enough to stand in for the client. */
  boolean hasPeers(BaselineConfig config) {
    return peers != null && peers.isKnown(config);
  }
}
