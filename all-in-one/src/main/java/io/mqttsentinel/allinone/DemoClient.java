package io.mqttsentinel.allinone;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** An MQTT 5 client: Paho's, over a real socket. */
final class DemoClient implements AutoCloseable {

  /** The user property that tells which alert or attack a message is. */
  private static final String ID = "demo-id";

  private static final int SUCCESS = 0;
  private static final long QUIESCE_MS = 1000;
  private static final long TIMEOUT_MS = Duration.ofSeconds(20).toMillis();

  private final MqttAsyncClient paho;

  private DemoClient(MqttAsyncClient paho) {
    this.paho = paho;
  }

  /**
   * Connects with a clean session.
   *
   * @param received gets the demo's id (or null) and the message
   * @param lost gets the reason when the connection ends without being closed here
   * @throws MqttException with the server's reason code if it refuses
   */
  static DemoClient connect(
      String host,
      int port,
      String clientId,
      Login login,
      BiConsumer<String, MqttMessage> received,
      Consumer<String> lost)
      throws MqttException {
    MqttAsyncClient paho =
        new MqttAsyncClient("tcp://%s:%d".formatted(host, port), clientId, new MemoryPersistence());
    paho.setCallback(new Callback(received, lost));
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(true);
    options.setUserName(login.username());
    options.setPassword(login.password().getBytes(StandardCharsets.UTF_8));
    options.setKeepAliveInterval(30);
    try {
      paho.connect(options).waitForCompletion(TIMEOUT_MS);
      return new DemoClient(paho);
    } catch (MqttException e) {
      paho.close(true);
      throw e;
    }
  }

  /** Subscribes with QoS 1 and returns the reason code. */
  int subscribe(String filter) throws MqttException {
    try {
      IMqttToken token = paho.subscribe(filter, 1);
      token.waitForCompletion(TIMEOUT_MS);
      return token.getReasonCodes()[0];
    } catch (MqttException e) {
      return refusal(e);
    }
  }

  /** Publishes; the result is the reason code of the acknowledgement, 0 at once for QoS 0. */
  CompletableFuture<Integer> publish(String topic, byte[] payload, int qos, String id)
      throws MqttException {
    MqttProperties properties = new MqttProperties();
    properties.setUserProperties(List.of(new UserProperty(ID, id)));
    CompletableFuture<Integer> result = new CompletableFuture<>();
    paho.publish(
        topic,
        new MqttMessage(payload, qos, false, properties),
        null,
        new MqttActionListener() {
          @Override
          public void onSuccess(IMqttToken token) {
            int[] codes = token.getReasonCodes();
            result.complete(codes == null || codes.length == 0 ? SUCCESS : codes[0]);
          }

          @Override
          public void onFailure(IMqttToken token, Throwable failure) {
            if (failure instanceof MqttException e && isReasonCode(e)) {
              result.complete(e.getReasonCode());
            } else {
              result.completeExceptionally(failure);
            }
          }
        });
    return result;
  }

  @Override
  public void close() throws MqttException {
    if (paho.isConnected()) {
      paho.disconnect(QUIESCE_MS).waitForCompletion(TIMEOUT_MS);
    }
    paho.close(true);
  }

  private static int refusal(MqttException e) throws MqttException {
    if (isReasonCode(e)) {
      return e.getReasonCode();
    }
    throw e;
  }

  /** MQTT's own codes have one byte; Paho's are larger. */
  static boolean isReasonCode(MqttException e) {
    return e.getReasonCode() >= 0x80 && e.getReasonCode() <= 0xFF;
  }

  private record Callback(BiConsumer<String, MqttMessage> received, Consumer<String> lost)
      implements MqttCallback {

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      String id =
          Optional.ofNullable(message.getProperties()).stream()
              .flatMap(p -> p.getUserProperties().stream())
              .filter(p -> p.getKey().equals(ID))
              .map(UserProperty::getValue)
              .findFirst()
              .orElse(null);
      received.accept(id, message);
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
      String reason =
          response.getException() == null
              ? "0x%02x".formatted(response.getReturnCode())
              : response.getException().toString();
      lost.accept(reason);
    }

    @Override
    public void mqttErrorOccurred(MqttException e) {
      lost.accept(e.toString());
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String uri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
