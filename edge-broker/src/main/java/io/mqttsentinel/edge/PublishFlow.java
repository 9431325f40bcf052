package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.StageStamp;
import io.mqttsentinel.schemas.Topics;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * PUBLISH from a client: rules, permission, Kafka, and only then PUBACK or PUBREC. What the client
 * may not publish is acknowledged and dropped with MQTT 3.1.1, which has no word for it; a
 * disconnect would only make it come back and send the same again.
 */
final class PublishFlow {

  static final String STAGE = "edge-broker";

  private static final int ENVELOPE_SIZE = 512;
  private static final int EXACTLY_ONCE = 2;
  private static final Refusal DENIED = new Refusal(ReasonCode.NOT_AUTHORIZED, "publish_denied");
  private static final Refusal RESERVED = new Refusal(ReasonCode.NOT_AUTHORIZED, "reserved_topic");
  private static final Refusal UNANSWERED =
      new Refusal(ReasonCode.IMPLEMENTATION_ERROR, "topic_backend_failed");
  private static final Refusal BAD_PAYLOAD =
      new Refusal(ReasonCode.PAYLOAD_FORMAT_INVALID, "payload_format");

  private final Uplink uplink;
  private final SessionEvents sessions;
  private final PublishCheck check;
  private final PublishAcks acks;
  private final TopicAsks asks;
  private final CloseFlow closing;
  private final Audit audit;
  private final EdgeMetrics metrics;
  private final EdgeIdentity identity;
  private final Clock clock;

  PublishFlow(
      Uplink uplink,
      SessionEvents sessions,
      PublishCheck check,
      PublishAcks acks,
      TopicAsks asks,
      CloseFlow closing,
      Audit audit,
      EdgeMetrics metrics,
      EdgeIdentity identity,
      Clock clock) {
    this.uplink = uplink;
    this.sessions = sessions;
    this.check = check;
    this.acks = acks;
    this.asks = asks;
    this.closing = closing;
    this.audit = audit;
    this.metrics = metrics;
    this.identity = identity;
    this.clock = clock;
  }

  boolean publish(Connection connection, MqttPublishMessage packet) {
    Refusal violation = check.violation(connection, packet);
    if (violation != null) {
      closing.violated(connection, violation);
      return true;
    }
    if (acks.isRepeated(connection, packet)) {
      return true;
    }
    String topic = check.topic(connection, packet);
    if (connection.grant().asked() != null) {
      TopicQuestion question = question(packet, topic);
      if (asks.mustWait(connection, List.of(question))) {
        return false;
      }
      if (connection.grant().answer(question) == AskedTopics.Answer.FAILED) {
        return unanswered(connection, packet);
      }
    }
    Refusal denial = denial(connection, packet, topic);
    if (denial != null) {
      return deny(connection, packet, topic, denial);
    }
    ByteBuffer payload = ByteBuffer.wrap(ByteBufUtil.getBytes(packet.payload()));
    MqttProperties properties = packet.variableHeader().properties();
    boolean text = MqttFields.integer(properties, MqttProperties.PAYLOAD_FORMAT_INDICATOR, 0) == 1;
    if (text && !MqttFields.isUtf8(payload)) {
      metrics.refused(BAD_PAYLOAD.cause());
      acks.refuse(connection, packet, BAD_PAYLOAD);
      return true;
    }
    if (!uplink.hasRoom()) {
      return comeBack(connection);
    }
    accept(connection, packet, topic, payload, MqttFields.messageProperties(properties));
    return true;
  }

  @Nullable
  private static Refusal denial(Connection connection, MqttPublishMessage packet, String topic) {
    if (topic.startsWith("$")) {
      return RESERVED; // MQTT-4.7.2-1: a server's own
    }
    int qos = packet.fixedHeader().qosLevel().value();
    boolean retain = packet.fixedHeader().isRetain();
    return connection.grant().mayPublish(topic, qos, retain) ? null : DENIED;
  }

  private static TopicQuestion question(MqttPublishMessage packet, String topic) {
    return TopicQuestion.publish(
        topic, packet.fixedHeader().qosLevel().value(), packet.fixedHeader().isRetain());
  }

  /** MQTT 3.1.1 has no word for "not now", and an acknowledgement would be a lie. */
  private boolean unanswered(Connection connection, MqttPublishMessage packet) {
    metrics.refused(UNANSWERED.cause());
    if (packet.fixedHeader().qosLevel().value() > 0 && !connection.speaksMqtt5()) {
      closing.close(connection, Closure.TOPIC_BACKEND_FAILED);
    } else {
      acks.refuse(connection, packet, UNANSWERED);
    }
    return true;
  }

  private boolean deny(
      Connection connection, MqttPublishMessage packet, String topic, Refusal denial) {
    if (!audit.denied(connection, AuditActivity.PUBLISH, denial, topic)) {
      return comeBack(connection);
    }
    metrics.refused(denial.cause());
    acks.refuse(connection, packet, denial);
    return true;
  }

  private void accept(
      Connection connection,
      MqttPublishMessage packet,
      String topic,
      ByteBuffer payload,
      MessageProperties properties) {
    PublishState state = connection.publishes();
    long sequence = state.nextSequence();
    int qos = packet.fixedHeader().qosLevel().value();
    boolean exactlyOnce = qos == EXACTLY_ONCE;
    boolean known =
        exactlyOnce && state.findOpen(packet.variableHeader().packetId()) != null; // restored
    ExactlyOnce publish = exactlyOnce ? acks.identity(connection, packet, sequence) : null;
    InspectedMessage message =
        envelope(connection, packet, topic, payload, properties, sequence, publish);
    OwedAcks.Owed owed = qos == 0 ? null : acks.expect(connection, packet, publish);
    connection.inbox().started();
    state.accepted(sequence);
    metrics.published(qos);
    Runnable send = () -> send(connection, message, owed);
    if (exactlyOnce && !known && !connection.client().isTransient()) {
      record(connection, publish, size(message), send);
    } else if (state.hasTurns()) {
      int size = size(message);
      uplink.reserve(size);
      state.turns().follow(size, () -> sendReserved(size, send));
    } else {
      send.run();
    }
  }

  /** The next connection has to know of it before anybody can get the message. */
  private void record(Connection connection, ExactlyOnce publish, int size, Runnable send) {
    uplink.reserve(size);
    PublishTurns turns = connection.publishes().turns();
    PublishTurns.Turn turn = turns.hold(size, () -> sendReserved(size, send));
    sessions.publishReceived(
        connection,
        publish,
        failure ->
            connection.execute(
                () -> {
                  if (failure != null) {
                    closing.close(connection, Closure.UPLINK_FAILED);
                    turns.drop(uplink::unreserve);
                  } else {
                    turns.ready(turn); // even where the client is gone: it was accepted
                  }
                }));
  }

  private void sendReserved(int size, Runnable send) {
    uplink.unreserve(size);
    send.run();
  }

  private void send(Connection connection, InspectedMessage message, @Nullable OwedAcks.Owed owed) {
    long start = System.nanoTime();
    uplink.submit(
        Topics.MQTT_INBOUND,
        message.getClientId(),
        message,
        size(message),
        failure -> {
          if (failure == null) {
            metrics.uplinked(System.nanoTime() - start);
          }
          connection.execute(() -> settled(connection, owed, failure));
        });
  }

  private static int size(InspectedMessage message) {
    return ENVELOPE_SIZE + message.getPayload().remaining();
  }

  private void settled(
      Connection connection, @Nullable OwedAcks.Owed owed, @Nullable Exception failure) {
    if (failure != null) {
      closing.close(connection, Closure.UPLINK_FAILED);
      return;
    }
    if (owed != null) {
      acks.accepted(connection, owed);
    }
    connection.inbox().finished();
  }

  private boolean comeBack(Connection connection) {
    connection.inbox().waitForRoom();
    uplink.whenRoom(() -> connection.execute(connection.inbox()::roomAgain));
    return false;
  }

  private InspectedMessage envelope(
      Connection connection,
      MqttPublishMessage packet,
      String topic,
      ByteBuffer payload,
      MessageProperties properties,
      long sequence,
      @Nullable ExactlyOnce publish) {
    Client client = connection.client();
    Instant now = clock.instant();
    return new InspectedMessage(
        connection.epoch(),
        sequence,
        MessageSource.DEVICE,
        identity.region(),
        identity.edge(),
        client.clientId(),
        client.username(),
        connection.remoteAddress(),
        topic,
        payload,
        packet.fixedHeader().qosLevel().value(),
        packet.fixedHeader().isRetain(),
        properties,
        now,
        connection.grant().attributes(),
        List.of(),
        List.of(new StageStamp(STAGE, now)),
        null,
        null,
        publish);
  }
}
