package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.DeliveryAck;
import io.mqttsentinel.schemas.DeliveryOutcome;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.schemas.SessionSubscribe;
import io.mqttsentinel.schemas.SessionUnsubscribe;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.Verdict;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * The records that edges and the aggregator write, with what a test does not care about filled in.
 */
final class Records {

  static final String REGION = "local";
  static final long NEVER = 0xFFFF_FFFFL;

  private Records() {}

  static FanoutConfig config() {
    return new FanoutConfig(
        4,
        5,
        1 << 20,
        Duration.ofHours(72),
        Duration.ofHours(6),
        2_000,
        100,
        Duration.ofSeconds(5));
  }

  static SessionEvent event(
      String clientId, long epoch, int lane, Instant at, SpecificRecord body) {
    return new SessionEvent(REGION, "edge-" + lane, lane, clientId, epoch, at, body);
  }

  static SessionOpen open(boolean cleanStart, long expirySeconds) {
    return SessionOpen.newBuilder()
        .setProtocolVersion(5)
        .setCleanStart(cleanStart)
        .setSessionExpirySeconds(expirySeconds)
        .setReceiveMaximum(65_535)
        .setKeepAliveSeconds(60)
        .setRemoteAddress("127.0.0.1:40000")
        .build();
  }

  static SessionClose close() {
    return SessionClose.newBuilder().setCause(CloseCause.CONNECTION_LOST).build();
  }

  static SessionSubscribe subscribe(long requestId, Subscription... subscriptions) {
    return new SessionSubscribe(requestId, List.of(subscriptions));
  }

  static SessionUnsubscribe unsubscribe(long requestId, String... topicFilters) {
    return new SessionUnsubscribe(requestId, List.of(topicFilters));
  }

  static Subscription to(String topicFilter, int qos) {
    return Subscription.newBuilder().setTopicFilter(topicFilter).setQos(qos).build();
  }

  static DeliveryAck ack(String clientId, long epoch, int lane, Instant at, Long... ids) {
    return new DeliveryAck(
        REGION,
        "edge-" + lane,
        lane,
        clientId,
        epoch,
        List.of(ids),
        DeliveryOutcome.ACKNOWLEDGED,
        0,
        at);
  }

  static InspectedMessage message(
      String topic, String payload, int qos, long sequence, Instant at) {
    return InspectedMessage.newBuilder()
        .setEpoch(77)
        .setSequence(sequence)
        .setSource(MessageSource.DEVICE)
        .setRegion(REGION)
        .setEdge("edge-9")
        .setClientId("publisher")
        .setTopic(topic)
        .setPayload(ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)))
        .setQos(qos)
        .setProperties(MessageProperties.newBuilder().build())
        .setAcceptedAt(at)
        .setVerdict(new Verdict(Action.ALLOW, at, null))
        .build();
  }

  static String text(ByteBuffer payload) {
    return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
  }
}
