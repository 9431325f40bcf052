package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.ClientMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.util.List;

/** The topic of an outgoing PUBLISH, empty where its alias stands for it, and the properties. */
record Outgoing(String topic, MqttProperties properties) {

  /** Null where the packet would be larger than the client wants any to be (MQTT-3.1.2-24). */
  @Nullable
  static Outgoing of(
      Connection connection,
      ClientMessage message,
      int qos,
      @Nullable Long expirySeconds,
      List<Integer> subscriptionIds) {
    String topic = message.getTopic();
    if (!connection.speaksMqtt5()) {
      Outgoing plain = new Outgoing(topic, MqttProperties.NO_PROPERTIES);
      return plain.fits(connection.client(), message, qos) ? plain : null;
    }
    TopicAliases aliases = connection.outgoingAliases();
    int alias = aliases == null ? TopicAliases.NONE : aliases.find(topic);
    boolean known = alias != TopicAliases.NONE;
    boolean assigns = !known && aliases != null && aliases.hasRoom();
    Outgoing first =
        new Outgoing(
            known ? "" : topic,
            MqttFields.publishProperties(
                message.getProperties(),
                expirySeconds,
                subscriptionIds,
                assigns ? aliases.next() : alias));
    if (first.fits(connection.client(), message, qos)) {
      if (assigns) {
        aliases.assign(topic);
      }
      return first;
    }
    if (!assigns) {
      return null;
    }
    Outgoing plain =
        new Outgoing(
            topic,
            MqttFields.publishProperties(
                message.getProperties(), expirySeconds, subscriptionIds, TopicAliases.NONE));
    return plain.fits(connection.client(), message, qos) ? plain : null;
  }

  private boolean fits(Client client, ClientMessage message, int qos) {
    return client.maximumPacketSize() == Client.ANY_SIZE
        || PacketSize.publish(topic, qos, message.getPayload().remaining(), properties)
            <= client.maximumPacketSize();
  }
}
