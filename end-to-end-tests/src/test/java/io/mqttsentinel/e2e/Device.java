package io.mqttsentinel.e2e;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A device on Paho's MQTT 5 client that notes what it gets. */
final class Device implements AutoCloseable {

  /** A message that arrived. */
  record Received(String topic, String payload) {}

  private static final long LIMIT_MS = 60_000;
  private static final int FAILURE = 0x80; // MQTT 5.0, 2.4

  private final MqttAsyncClient client;
  private final List<Received> received = new CopyOnWriteArrayList<>();

  private Device(MqttAsyncClient client) {
    this.client = client;
  }

  /**
   * Connects.
   *
   * @param sessionExpirySeconds 0 for a session that ends with the connection
   */
  static Device connect(
      String address, String clientId, String user, String password, long sessionExpirySeconds)
      throws MqttException {
    MqttAsyncClient client = new MqttAsyncClient(address, clientId, new MemoryPersistence());
    Device device = new Device(client);
    client.setCallback(device.new Notes());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(sessionExpirySeconds == 0);
    options.setSessionExpiryInterval(sessionExpirySeconds);
    options.setUserName(user);
    options.setPassword(password.getBytes(StandardCharsets.UTF_8));
    options.setAutomaticReconnect(false);
    options.setConnectionTimeout(30);
    client.connect(options).waitForCompletion(LIMIT_MS);
    return device;
  }

  /** Subscribes and returns when SUBACK came. */
  Device subscribe(String filter, int qos) throws MqttException {
    client.subscribe(filter, qos).waitForCompletion(LIMIT_MS);
    return this;
  }

  /**
   * Publishes and returns when it was acknowledged.
   *
   * @throws MqttException also with the reason code of a PUBACK that refuses, which Paho only notes
   */
  void publish(String topic, String payload, int qos) throws MqttException {
    IMqttToken token = client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), qos, false);
    token.waitForCompletion(LIMIT_MS);
    int[] reasonCodes = token.getReasonCodes();
    if (reasonCodes != null && reasonCodes.length > 0 && reasonCodes[0] >= FAILURE) {
      throw new MqttException(reasonCodes[0]);
    }
  }

  List<Received> received() {
    return received;
  }

  boolean isConnected() {
    return client.isConnected();
  }

  @Override
  public void close() throws MqttException {
    try {
      if (client.isConnected()) {
        client.disconnect().waitForCompletion(LIMIT_MS);
      }
    } finally {
      client.close(true);
    }
  }

  private final class Notes implements MqttCallback {

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      received.add(new Received(topic, new String(message.getPayload(), StandardCharsets.UTF_8)));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
