package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.AuditActivity;
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
 * PUBLISH from a client: rules, permission, Kafka, and only then PUBACK. What the client may not
 * publish is acknowledged and dropped with MQTT 3.1.1, which has no word for it; a disconnect would
 * only make it come back and send the same again.
 */
final class PublishFlow {

  static final String STAGE = "edge-broker";

  private static final int ENVELOPE_SIZE = 512;
  private static final Refusal DENIED = new Refusal(ReasonCode.NOT_AUTHORIZED, "publish_denied");
  private static final Refusal RESERVED = new Refusal(ReasonCode.NOT_AUTHORIZED, "reserved_topic");
  private static final Refusal BAD_PAYLOAD =
      new Refusal(ReasonCode.PAYLOAD_FORMAT_INVALID, "payload_format");

  private final Uplink uplink;
  private final TopicCheck topics;
  private final CloseFlow closing;
  private final Audit audit;
  private final EdgeMetrics metrics;
  private final EdgeIdentity identity;
  private final int receiveMaximum;
  private final Clock clock;

  PublishFlow(
      Uplink uplink,
      TopicCheck topics,
      CloseFlow closing,
      Audit audit,
      EdgeMetrics metrics,
      EdgeIdentity identity,
      int receiveMaximum,
      Clock clock) {
    this.uplink = uplink;
    this.topics = topics;
    this.closing = closing;
    this.audit = audit;
    this.metrics = metrics;
    this.identity = identity;
    this.receiveMaximum = receiveMaximum;
    this.clock = clock;
  }

  boolean publish(Connection connection, MqttPublishMessage packet) {
    Refusal violation = violation(connection, packet);
    if (violation != null) {
      closing.violated(connection, violation);
      return true;
    }
    String topic = packet.variableHeader().topicName();
    Refusal denial = denial(connection, topic);
    if (denial != null) {
      return deny(connection, packet, denial);
    }
    ByteBuffer payload = ByteBuffer.wrap(ByteBufUtil.getBytes(packet.payload()));
    MqttProperties properties = packet.variableHeader().properties();
    boolean text = MqttFields.integer(properties, MqttProperties.PAYLOAD_FORMAT_INDICATOR, 0) == 1;
    if (text && !MqttFields.isUtf8(payload)) {
      metrics.refused(BAD_PAYLOAD.cause());
      acknowledge(connection, packet, BAD_PAYLOAD.reasonCode());
      return true;
    }
    return accept(connection, packet, payload, MqttFields.messageProperties(properties));
  }

  /** A broken rule of the protocol (MQTT 5.0, 3.3.1 to 3.3.2), or null. */
  @Nullable
  private Refusal violation(Connection connection, MqttPublishMessage packet) {
    int qos = packet.fixedHeader().qosLevel().value();
    if (qos > Capabilities.MAXIMUM_QOS) {
      return new Refusal(ReasonCode.QOS_NOT_SUPPORTED, "qos_not_supported");
    }
    MqttProperties properties = packet.variableHeader().properties();
    if (MqttFields.has(properties, MqttProperties.TOPIC_ALIAS)) {
      return new Refusal(ReasonCode.TOPIC_ALIAS_INVALID, "topic_alias");
    }
    if (MqttFields.has(properties, MqttProperties.SUBSCRIPTION_IDENTIFIER)) {
      return new Refusal(ReasonCode.PROTOCOL_ERROR, "subscription_id_in_publish");
    }
    if (packet.fixedHeader().isRetain() && !Capabilities.RETAIN && connection.speaksMqtt5()) {
      return new Refusal(ReasonCode.RETAIN_NOT_SUPPORTED, "retain_not_supported");
    }
    Refusal topic = topics.checkName(packet.variableHeader().topicName());
    if (topic != null) {
      return topic;
    }
    var responseTopic = properties.getProperty(MqttProperties.RESPONSE_TOPIC);
    if (responseTopic != null && TopicCheck.hasWildcard((String) responseTopic.value())) {
      return new Refusal(ReasonCode.PROTOCOL_ERROR, "response_topic_wildcard");
    }
    boolean tooMany =
        qos > 0
            && connection.speaksMqtt5()
            && connection.publishes().owedAcks().size() >= receiveMaximum;
    return tooMany
        ? new Refusal(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "receive_maximum_exceeded")
        : null;
  }

  @Nullable
  private static Refusal denial(Connection connection, String topic) {
    if (topic.startsWith("$")) {
      return RESERVED;
    }
    return connection.grant().mayPublish(topic) ? null : DENIED;
  }

  private boolean deny(Connection connection, MqttPublishMessage packet, Refusal denial) {
    String topic = packet.variableHeader().topicName();
    if (!audit.denied(connection, AuditActivity.PUBLISH, denial, topic)) {
      return comeBack(connection);
    }
    metrics.refused(denial.cause());
    acknowledge(connection, packet, denial.reasonCode());
    return true;
  }

  private void acknowledge(Connection connection, MqttPublishMessage packet, int reasonCode) {
    if (packet.fixedHeader().qosLevel().value() > 0) {
      OwedAcks acks = connection.publishes().owedAcks();
      acks.settle(acks.expect(packet.variableHeader().packetId()), reasonCode, writer(connection));
    }
  }

  private boolean accept(
      Connection connection,
      MqttPublishMessage packet,
      ByteBuffer payload,
      MessageProperties properties) {
    if (!uplink.hasRoom()) {
      return comeBack(connection);
    }
    PublishState state = connection.publishes();
    InspectedMessage message =
        envelope(connection, packet, payload, properties, state.nextSequence());
    int qos = message.getQos();
    OwedAcks.Owed owed =
        qos == 0 ? null : state.owedAcks().expect(packet.variableHeader().packetId());
    long start = System.nanoTime();
    connection.inbox().started();
    state.accepted(message.getSequence());
    metrics.published(qos);
    uplink.submit(
        Topics.MQTT_INBOUND,
        message.getClientId(),
        message,
        ENVELOPE_SIZE + payload.remaining(),
        failure -> {
          if (failure == null) {
            metrics.uplinked(System.nanoTime() - start);
          }
          connection.execute(() -> settled(connection, owed, failure));
        });
    return true;
  }

  private void settled(
      Connection connection, @Nullable OwedAcks.Owed owed, @Nullable Exception failure) {
    if (failure != null) {
      closing.close(connection, Closure.UPLINK_FAILED);
      return;
    }
    if (owed != null) {
      connection.publishes().owedAcks().settle(owed, ReasonCode.SUCCESS, writer(connection));
    }
    connection.inbox().finished();
  }

  private boolean comeBack(Connection connection) {
    connection.inbox().waitForRoom();
    uplink.whenRoom(() -> connection.execute(connection.inbox()::roomAgain));
    return false;
  }

  private static OwedAcks.Writer writer(Connection connection) {
    return (packetId, reasonCode) -> {
      if (!connection.isOver()) {
        connection.write(Packets.puback(packetId, reasonCode));
      }
    };
  }

  private InspectedMessage envelope(
      Connection connection,
      MqttPublishMessage packet,
      ByteBuffer payload,
      MessageProperties properties,
      long sequence) {
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
        packet.variableHeader().topicName(),
        payload,
        packet.fixedHeader().qosLevel().value(),
        packet.fixedHeader().isRetain(),
        properties,
        now,
        connection.grant().attributes(),
        List.of(),
        List.of(new StageStamp(STAGE, now)),
        null,
        null);
  }
}
