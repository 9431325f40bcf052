package io.mqttsentinel.bridge;

import io.mqttsentinel.testing.Await;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** Publishes at the origin with QoS 1: what it returns from, the origin has. */
final class OriginPublisher implements AutoCloseable {

  private final MqttClient client;

  OriginPublisher(int port) throws MqttException {
    client =
        new MqttClient(
            "tcp://127.0.0.1:" + port, "publisher-" + System.nanoTime(), new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setUserName(Mosquitto.USER);
    options.setPassword(Mosquitto.PASSWORD.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    client.connect(options);
  }

  void publish(String topic, String payload) throws MqttException {
    publish(topic, message(payload));
  }

  void publish(String topic, MqttMessage message) throws MqttException {
    // The client tells that a message is through before it counts it as such.
    Await.until("room to publish", () -> published(topic, message));
  }

  private boolean published(String topic, MqttMessage message) throws MqttException {
    try {
      client.publish(topic, message);
      return true;
    } catch (MqttException e) {
      if (e.getReasonCode() == MqttClientException.REASON_CODE_MAX_INFLIGHT) {
        return false;
      }
      throw e;
    }
  }

  static MqttMessage message(String payload) {
    MqttMessage message =
        new MqttMessage(payload.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    message.setQos(1);
    return message;
  }

  @Override
  public void close() throws MqttException {
    client.disconnect();
    client.close();
  }
}
