package io.mqttsentinel.edge;

import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttProperties;

/** The CONNACK of a client that is let in; MQTT 5 clients are told what this edge can do. */
final class ConnAcks {

  private static final int MQTT_3_1 = 3;

  /** Bytes that a CONNACK with everything has at most; who takes less is told the least. */
  private static final int ROOM = 128;

  private ConnAcks() {}

  static MqttConnAckMessage accepted(ConnectProgress progress, EdgeConfig config) {
    Client client = progress.request().client();
    return Packets.connack(
        ReasonCode.SUCCESS,
        progress.sessionPresent() && client.version() > MQTT_3_1, // which has no such flag
        client.speaksMqtt5()
            ? properties(progress.request(), config)
            : MqttProperties.NO_PROPERTIES);
  }

  /** Whether the client takes a packet as large as the answer to it (MQTT-3.1.2-24). */
  static boolean fits(ConnectRequest request, EdgeConfig config) {
    long most = request.client().maximumPacketSize();
    return most >= ROOM || PacketSize.connack(properties(request, config)) <= most;
  }

  private static MqttProperties properties(ConnectRequest request, EdgeConfig config) {
    Client client = request.client();
    MqttProperties properties = new MqttProperties();
    if (client.sessionExpirySeconds() != request.wantedSessionExpirySeconds()) {
      MqttFields.add(
          properties, MqttProperties.SESSION_EXPIRY_INTERVAL, (int) client.sessionExpirySeconds());
    }
    MqttFields.add(properties, MqttProperties.RECEIVE_MAXIMUM, config.receiveMaximum());
    MqttFields.add(properties, MqttProperties.MAXIMUM_PACKET_SIZE, config.maxMessageBytes());
    if (client.assigned()) {
      MqttFields.add(properties, MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, client.clientId());
    }
    MqttFields.add(properties, MqttProperties.TOPIC_ALIAS_MAXIMUM, config.topicAliasMaximum());
    if (client.maximumPacketSize() >= ROOM) {
      addDefaults(properties);
    }
    if (client.keepAliveSeconds() != request.wantedKeepAliveSeconds()) {
      MqttFields.add(properties, MqttProperties.SERVER_KEEP_ALIVE, client.keepAliveSeconds());
    }
    return properties;
  }

  /** They say what a client has to take for granted without them. */
  private static void addDefaults(MqttProperties properties) {
    MqttFields.add(properties, MqttProperties.RETAIN_AVAILABLE, 1);
    MqttFields.add(properties, MqttProperties.WILDCARD_SUBSCRIPTION_AVAILABLE, 1);
    MqttFields.add(properties, MqttProperties.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 1);
    MqttFields.add(properties, MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE, 1);
  }
}
