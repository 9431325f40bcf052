package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.TopicFilter;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;

/** The rules of PUBLISH that a client must not break (MQTT 5.0, 3.3.1 to 3.3.2). */
final class PublishCheck {

  private static final Refusal ALIAS_INVALID =
      new Refusal(ReasonCode.TOPIC_ALIAS_INVALID, "topic_alias_invalid");
  private static final Refusal ALIAS_UNKNOWN =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "topic_alias_unknown");
  private static final Refusal RESPONSE_TOPIC =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "response_topic_invalid");
  private static final Refusal TOO_MANY =
      new Refusal(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "receive_maximum_exceeded");

  /**
   * MQTT 3.1.1 knows no Receive Maximum; a client of it that lets so many lie open is no client.
   */
  private static final int MQTT_3_FACTOR = 4;

  private final TopicCheck topics;
  private final int receiveMaximum;
  private final int topicAliasMaximum;

  PublishCheck(TopicCheck topics, int receiveMaximum, int topicAliasMaximum) {
    this.topics = topics;
    this.receiveMaximum = receiveMaximum;
    this.topicAliasMaximum = topicAliasMaximum;
  }

  /** A broken rule, or null. */
  @Nullable
  Refusal violation(Connection connection, MqttPublishMessage packet) {
    MqttProperties properties = packet.variableHeader().properties();
    int alias = alias(packet);
    boolean none = alias == TopicAliases.NONE;
    if (alias > topicAliasMaximum
        || (none && MqttFields.has(properties, MqttProperties.TOPIC_ALIAS))) {
      return ALIAS_INVALID;
    }
    String topic = topic(connection, packet);
    if (topic == null) {
      return ALIAS_UNKNOWN;
    }
    Refusal badTopic =
        topic.isEmpty() && connection.speaksMqtt5()
            ? new Refusal(ReasonCode.PROTOCOL_ERROR, "topic_empty")
            : topics.checkName(topic);
    if (badTopic != null) {
      return badTopic;
    }
    var response = properties.getProperty(MqttProperties.RESPONSE_TOPIC);
    if (response != null && !TopicFilter.isTopicName((String) response.value())) {
      return RESPONSE_TOPIC;
    }
    return isOneTooMany(connection, packet) ? TOO_MANY : null;
  }

  /**
   * The topic, where only an alias is given the one that it stands for; null where it stands for
   * none. An alias that comes with a topic stands for that from now on.
   */
  @Nullable
  String topic(Connection connection, MqttPublishMessage packet) {
    String topic = packet.variableHeader().topicName();
    int alias = alias(packet);
    if (alias == TopicAliases.NONE) {
      return topic;
    }
    if (topic.isEmpty()) {
      return connection.publishes().alias(alias);
    }
    if (topics.checkName(topic) == null) {
      connection.publishes().alias(alias, topic, topicAliasMaximum);
    }
    return topic;
  }

  private boolean isOneTooMany(Connection connection, MqttPublishMessage packet) {
    if (packet.fixedHeader().qosLevel().value() == 0) {
      return false;
    }
    PublishState state = connection.publishes();
    boolean repeated = state.findOpen(packet.variableHeader().packetId()) != null;
    int most = connection.speaksMqtt5() ? receiveMaximum : receiveMaximum * MQTT_3_FACTOR;
    return !repeated && state.quotaUsed() >= most;
  }

  private static int alias(MqttPublishMessage packet) {
    return MqttFields.integer(
        packet.variableHeader().properties(), MqttProperties.TOPIC_ALIAS, TopicAliases.NONE);
  }
}
