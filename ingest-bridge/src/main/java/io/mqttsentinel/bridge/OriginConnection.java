package io.mqttsentinel.bridge;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the origin, from CONNECT to its end. Every connection has a client object of
 * its own: Paho's automatic reconnect stays off, and nothing of a broken connection is left behind.
 */
final class OriginConnection implements MqttCallback, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OriginConnection.class);
  private static final int QOS = 1;
  private static final long GOODBYE_MILLIS = 1000;

  /** Takes the messages, in the order in which they come. */
  interface Receiver {
    void received(OriginConnection connection, String topic, MqttMessage message);
  }

  /** How a connection ended. */
  record Ending(boolean takenOver, String reason) {}

  private final Receiver receiver;
  private final MqttAsyncClient client;
  private final Acknowledgements acknowledgements = new Acknowledgements(this::acknowledge);
  private final CompletableFuture<Ending> ended = new CompletableFuture<>();
  private volatile boolean receiving = true;
  private boolean usable = true;

  private OriginConnection(Receiver receiver, MqttAsyncClient client) {
    this.receiver = receiver;
    this.client = client;
  }

  /**
   * Connects and subscribes.
   *
   * @throws OriginException if the origin is not reached, or refuses
   */
  static OriginConnection open(BridgeConfig config, OriginOptions options, Receiver receiver)
      throws OriginException {
    OriginConnection connection;
    try {
      connection =
          new OriginConnection(
              receiver,
              new MqttAsyncClient(OriginNetwork.URI, config.clientId(), new MemoryPersistence()));
    } catch (MqttException e) {
      throw new OriginException("the MQTT client cannot be made", e);
    }
    try {
      connection.connect(config, options);
      return connection;
    } catch (MqttException | OriginException | RuntimeException e) {
      connection.end(false);
      throw e instanceof OriginException told ? told : OriginException.of(config.address(), e);
    }
  }

  /** Waits for the end of the connection. */
  Ending awaitEnd() throws InterruptedException {
    try {
      return ended.get();
    } catch (ExecutionException e) {
      throw new AssertionError("never completed with a failure", e);
    }
  }

  /** Keeps the place of a message among the acknowledgements; run the result when it is safe. */
  Runnable acknowledgement(int packetId) {
    return acknowledgements.expect(packetId);
  }

  /** Ends the connection; the origin sends again what is not acknowledged. */
  void fail(String reason) {
    receiving = false;
    ended.complete(new Ending(false, reason));
  }

  boolean isReceiving() {
    return receiving;
  }

  /** From now on messages are left to the origin. */
  void stopReceiving() {
    receiving = false;
  }

  /** Says goodbye where the origin still listens; the session stays. */
  @Override
  public void close() {
    boolean alive = client.isConnected();
    ended.complete(new Ending(false, "closed"));
    end(alive);
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    if (receiving) {
      receiver.received(this, topic, message);
    }
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    receiving = false;
    int code = response.getReturnCode();
    String reason =
        response.getException() == null
            ? "disconnected by the origin with reason code 0x%02X%s"
                .formatted(code, explained(response.getReasonString()))
            : OriginException.text(response.getException());
    ended.complete(new Ending(code == MqttReturnCode.RETURN_CODE_SESSION_TAKEN_OVER, reason));
  }

  @Override
  public void mqttErrorOccurred(MqttException exception) {
    LOG.warn("The MQTT client reports: {}", OriginException.text(exception));
  }

  @Override
  public void deliveryComplete(IMqttToken token) {
    // Nothing is published.
  }

  @Override
  public void connectComplete(boolean reconnect, String serverUri) {
    // The connecting thread waits for it.
  }

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {
    fail("the origin asks for enhanced authentication, which the bridge does not have");
  }

  private void connect(BridgeConfig config, OriginOptions options)
      throws MqttException, OriginException {
    client.setManualAcks(true);
    client.setCallback(this);
    long limit = config.connectTimeout().toMillis();
    IMqttToken connack = client.connect(options);
    // The network, the TLS or WebSocket handshake and CONNACK have the limit each.
    connack.waitForCompletion(3 * limit);
    boolean resumed = connack.getSessionPresent();
    MqttSubscription[] subscriptions =
        config.topics().stream()
            .map(filter -> subscription(filter, config.retained()))
            .toArray(MqttSubscription[]::new);
    IMqttToken suback = client.subscribe(subscriptions);
    suback.waitForCompletion(limit);
    checkGranted(config, suback.getReasonCodes());
    LOG.info(
        "Connected to {} as '{}', {} session, subscribed to {}",
        config.address(),
        config.clientId(),
        resumed ? "resumed" : "new",
        config.topics());
  }

  private static MqttSubscription subscription(String filter, BridgeConfig.Retained retained) {
    MqttSubscription subscription = new MqttSubscription(filter, QOS);
    subscription.setRetainAsPublished(true);
    subscription.setRetainHandling(retained.handling());
    return subscription;
  }

  private static void checkGranted(BridgeConfig config, int[] codes) throws OriginException {
    if (codes == null || codes.length != config.topics().size()) {
      throw new OriginException(
          "the origin answered %d filters with reason codes %s"
              .formatted(config.topics().size(), Arrays.toString(codes)));
    }
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] > QOS) {
        throw new OriginException(
            "the origin refused the subscription to '%s' with reason code 0x%02X"
                .formatted(config.topics().get(i), codes[i]));
      }
      if (codes[i] < QOS) {
        LOG.warn(
            "The origin grants '{}' QoS 0 only: messages can be lost on the way here",
            config.topics().get(i));
      }
    }
  }

  private synchronized void acknowledge(int packetId) {
    if (!usable) {
      return;
    }
    try {
      client.messageArrivedComplete(packetId, QOS);
    } catch (MqttException e) {
      fail("an acknowledgement cannot be sent: " + OriginException.text(e));
    }
  }

  private void end(boolean goodbye) {
    receiving = false;
    synchronized (this) {
      if (!usable) {
        return;
      }
      usable = false;
    }
    try {
      client.disconnectForcibly(goodbye ? GOODBYE_MILLIS : 0, GOODBYE_MILLIS, goodbye);
      client.close(true);
    } catch (MqttException e) {
      LOG.warn("The connection to the origin ends badly: {}", OriginException.text(e));
    }
  }

  private static String explained(String reason) {
    return reason == null ? "" : " (" + reason + ")";
  }
}
